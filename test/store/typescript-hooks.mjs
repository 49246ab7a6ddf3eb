import { readFileSync } from 'node:fs';
import { register } from 'node:module';
import ts from 'typescript';

/** Lets a child process of a test run TypeScript: Node 20 cannot strip types itself. */
export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 };
  const { outputText } = ts.transpileModule(readFileSync(new URL(url), 'utf8'), { compilerOptions });
  return { format: 'module', source: outputText, shortCircuit: true };
}

if (!import.meta.url.includes('?')) register(`${import.meta.url}?hooks`);
