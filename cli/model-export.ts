import type { ClassModel } from '../detectors/class-model.ts';
import { autoencoderToOnnx } from '../detectors/onnx.ts';
import { InputError } from './exit.ts';

/** Centre and scale of an entity's signals; null where nothing is known. */
interface ExportedBaseline {
  readonly entity: string;
  readonly centre: readonly (number | null)[];
  readonly scale: readonly (number | null)[];
}

function baselinesOf({ parts }: ClassModel): readonly ExportedBaseline[] {
  const width = parts.context.signals.length;
  const numbers = (values: Float32Array, row: number) =>
    Array.from(values.subarray(row * width, (row + 1) * width), v => (Number.isFinite(v) ? v : null));
  return parts.keys.map((entity, row) => ({
    entity,
    centre: numbers(parts.baseline.centre, row),
    scale: numbers(parts.baseline.scale, row),
  }));
}

/**
 * The autoencoder of a class as an ONNX file; its metadata hold the baselines by which each entity's values become what the
 * network reads. Throws an InputError when the class is watched without one.
 */
export function classToOnnx(model: ClassModel, name: string): Uint8Array {
  const { members, context } = model.parts;
  const member = members.find(each => each.name === 'lstm-autoencoder');
  if (member === undefined) {
    const names = members.map(each => each.name).join(', ');
    throw new InputError(`class ${name} has no lstm-autoencoder, only ${names}: nothing to export`);
  }
  return autoencoderToOnnx(member.fitted.toBytes(), {
    class: name,
    signals: context.signals.map(signal => signal.name),
    metadata: { step: String(context.step), baselines: JSON.stringify(baselinesOf(model)) },
  });
}
