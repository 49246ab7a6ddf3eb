import { createRequire } from 'node:module';
import type { Config } from '../config/schema.ts';
import type { NetworkMaker } from '../core/network.ts';
import { detectorChoice } from './detector-choice.ts';
import { InputError } from './exit.ts';
import { type TensorFlow, tensorNetworks } from './tensor-network.ts';

/** The optional peer that computes networks on a GPU. */
export const tensorPackage = '@tensorflow/tfjs-node';

const needed = [
  'tensor',
  'zeros',
  'matMul',
  'add',
  'mul',
  'sigmoid',
  'tanh',
  'concat',
  'split',
  'stack',
  'unstack',
  'grads',
  'tidy',
] as const satisfies readonly (keyof TensorFlow)[];

/** Whether a package can be loaded from here. */
export function isInstalled(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch {
    return false;
  }
}

/** What to say where TensorFlow is asked for and not there. */
export function howToInstall(name: string): string {
  return `${name} is not installed: npm install ${name} beside foreshock, or leave \`backend\` out to use the built-in kernels`;
}

function isTensorFlow(module: unknown): module is TensorFlow {
  if (typeof module !== 'object' || module === null) return false;
  return needed.every(name => typeof Reflect.get(module, name) === 'function');
}

function asksForTensors({ detection }: Pick<Config, 'detection'>): boolean {
  const { options } = detectorChoice(detection.detectors);
  return options['lstm-autoencoder']?.backend === 'tfjs-node';
}

/**
 * What computes networks, if the config asks for another backend than the built-in kernels. Throws an InputError when that is not
 * installed, or is there and cannot be loaded.
 */
export async function networkOf(
  config: Pick<Config, 'detection'>,
  name = tensorPackage,
): Promise<NetworkMaker | undefined> {
  if (!asksForTensors(config)) return undefined;
  if (!isInstalled(name)) throw new InputError(howToInstall(name));
  let module: unknown;
  try {
    module = await import(name);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError(`${name} is installed and cannot be loaded: ${reason}`);
  }
  const inside = typeof module === 'object' && module !== null ? Reflect.get(module, 'default') : undefined;
  const found = [module, inside].find(isTensorFlow);
  if (found === undefined) throw new InputError(`${name} is not the TensorFlow.js that foreshock knows`);
  return tensorNetworks(found);
}
