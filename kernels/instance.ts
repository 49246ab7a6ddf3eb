/// <reference path="./webassembly.d.ts" />
const page = 65_536;

/** A WebAssembly module that is loaded, with a memory that only grows. */
export interface KernelInstance {
  readonly memory: WebAssembly.Memory;
  /** The exported function `name`; addresses are byte offsets into `memory`. Throws a RangeError when there is none. */
  call(name: string): (...numbers: number[]) => number;
  /** Makes the memory at least `bytes` long; answers whether its buffer is another one than before. */
  reserve(bytes: number): boolean;
}

/** Loads a module that the build wrote as base64, at once and without the platform's own modules. */
export function loadKernel(base64: string): KernelInstance {
  const bytes = Uint8Array.from(atob(base64), character => character.charCodeAt(0));
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  return {
    memory,
    call(name) {
      const found = exports[name];
      if (found === undefined) throw new RangeError(`the kernel has no function "${name}"`);
      return found;
    },
    reserve(wanted) {
      const missing = wanted - memory.buffer.byteLength;
      if (missing <= 0) return false;
      memory.grow(Math.ceil(missing / page));
      return true;
    },
  };
}
