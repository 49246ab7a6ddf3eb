import { type Document, isAlias, isNode, visit, type YAMLParseError } from 'yaml';

/** Something that is wrong with the YAML itself, at an offset of the text. */
export interface SyntaxFault {
  readonly offset: number;
  readonly message: string;
  /** False where the rest can still be read, so that it may be checked as well. */
  readonly fatal: boolean;
}

/** Everything that keeps a document from being plain data: what cannot be read, keys that stand twice, loops. */
export function syntaxFaults(document: Document.Parsed, text: string): SyntaxFault[] {
  const faults = document.errors.map(error => faultOf(error, text));
  const warned = document.warnings.map(({ pos, message }) => ({ offset: pos[0], message, fatal: false }));
  const found = [...faults, ...warned, ...aliasFaults(document)];
  return found.some(fault => fault.fatal) ? found : [...found, ...valueFault(document)];
}

function faultOf(error: YAMLParseError, text: string): SyntaxFault {
  const offset = error.pos[0];
  const key = /^["']?([\w./-]+)/.exec(text.slice(offset))?.[1] ?? '';
  switch (error.code) {
    case 'DUPLICATE_KEY':
      return { offset, message: `the key "${key}" stands here a second time`, fatal: false };
    case 'TAB_AS_INDENT':
      return { offset, message: 'a tab indents here: YAML takes blanks', fatal: true };
    case 'MULTIPLE_DOCS':
      return { offset, message: 'a second document begins here: one file holds one', fatal: true };
    default:
      return { offset, message: error.message, fatal: true };
  }
}

function aliasFaults(document: Document.Parsed): SyntaxFault[] {
  const faults: SyntaxFault[] = [];
  visit(document, {
    Alias: (_key, alias, ancestors) => {
      const offset = alias.range?.[0] ?? 0;
      const target = alias.resolve(document);
      if (target === undefined)
        faults.push({ offset, message: `no anchor &${alias.source} stands before this`, fatal: true });
      else if (ancestors.some(each => isNode(each) && !isAlias(each) && each === target))
        faults.push({ offset, message: `*${alias.source} lies inside of what it stands for`, fatal: true });
    },
  });
  return faults;
}

/** Aliases of aliases that multiply beyond measure, and merges of what is no map. */
function valueFault(document: Document.Parsed): SyntaxFault[] {
  try {
    document.toJS({ maxAliasCount: 100 });
    return [];
  } catch (error) {
    const told = error instanceof Error ? error.message : String(error);
    const message = /alias count/i.test(told) ? 'its aliases multiply beyond measure' : told;
    return [{ offset: document.contents?.range[0] ?? 0, message, fatal: true }];
  }
}
