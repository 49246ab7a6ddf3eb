import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import asc from 'assemblyscript/asc';

const folder = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
const options = ['-O3', '--converge', '--noAssert', '--runtime', 'stub', '--enable', 'simd'];
const memory = ['--importMemory', '--noExportMemory'];

/** Compiles one source to wasm; throws with the compiler's words. */
async function compile(name, text) {
  let binary;
  const { error, stderr } = await asc.main([name, '--outFile', 'out.wasm', ...options, ...memory], {
    readFile: file => (file === name ? text : null),
    writeFile: (file, contents) => {
      if (file === 'out.wasm') binary = contents;
    },
    listFiles: () => [],
  });
  if (error) throw new Error(`kernels/assembly/${name} does not compile:\n${stderr.toString()}`);
  return binary;
}

/** Writes `kernels/<name>.wasm.ts` from each `kernels/assembly/<name>.ts` whose source has changed. */
export async function setup() {
  for (const name of readdirSync(path.join(folder, 'assembly')).filter(file => file.endsWith('.ts'))) {
    const text = readFileSync(path.join(folder, 'assembly', name), 'utf8');
    const digest = createHash('sha256').update(text).update(options.join(' ')).digest('hex');
    const target = path.join(folder, name.replace(/\.ts$/, '.wasm.ts'));
    const head = `// Made by kernels/build.mjs from kernels/assembly/${name}, sha256 ${digest}\n`;
    if (existsSync(target) && readFileSync(target, 'utf8').startsWith(head)) continue;
    const binary = await compile(name, text);
    const base64 = Buffer.from(binary).toString('base64');
    writeFileSync(target, `${head}export const wasm =\n  '${base64}';\n`);
  }
}

if (process.argv[1] === path.join(folder, 'build.mjs')) await setup();
