import type { Command } from 'commander';

/** One command as a shell completes it: the words that lead to it, and what may follow. */
export interface CompletionNode {
  /** Empty for the program itself, `check config` for a command of a command. */
  readonly path: string;
  readonly commands: readonly CompletionWord[];
  readonly options: readonly CompletionOption[];
}

interface CompletionWord {
  readonly name: string;
  readonly about: string;
}

interface CompletionOption extends CompletionWord {
  /** True where a value follows, most often a file. */
  readonly takesValue: boolean;
}

/** The tree of commands as a list, the program first. */
export function completionTree(command: Command, path = ''): readonly CompletionNode[] {
  const commands = command.commands.map(each => ({ name: each.name(), about: each.description() }));
  const options = command.options.map(option => ({
    name: option.long ?? option.flags,
    about: option.description,
    takesValue: option.required || option.optional,
  }));
  const help = { name: '--help', about: 'display help for command', takesValue: false };
  const below = command.commands.flatMap(each => completionTree(each, `${path} ${each.name()}`.trim()));
  return [{ path, commands, options: [...options, help] }, ...below];
}

const wordsOf = (node: CompletionNode) =>
  [...node.commands, ...node.options].map(({ name }) => name).join(' ');
const valued = (nodes: readonly CompletionNode[]) => [
  ...new Set(nodes.flatMap(node => node.options.filter(option => option.takesValue).map(({ name }) => name))),
];

function bash(nodes: readonly CompletionNode[]): string {
  const paths = nodes.filter(({ path }) => path !== '').map(({ path }) => `'${path}'`);
  const cases = nodes.map(node => `    '${node.path}') words='${wordsOf(node)}' ;;`);
  return `# foreshock: completion for bash. Put it where bash looks for completions, or: source <(foreshock completion bash)
_foreshock() {
  local at='' next words='' i
  for ((i = 1; i < COMP_CWORD; i++)); do
    next="$at\${at:+ }\${COMP_WORDS[i]}"
    case "$next" in
    ${paths.join('|')}) at=$next ;;
    esac
  done
  COMPREPLY=()
  # After a flag that takes a value bash completes files by itself.
  case "\${COMP_WORDS[COMP_CWORD-1]}" in
    ${valued(nodes).join('|')}) return ;;
  esac
  case "$at" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _foreshock foreshock
`;
}

/** A text between single quotes, for zsh's and fish's strings; colons part a word from its description in zsh. */
const quoted = (text: string) => `'${text.replaceAll("'", '’')}'`;

function zsh(nodes: readonly CompletionNode[]): string {
  const paths = nodes.filter(({ path }) => path !== '').map(({ path }) => quoted(path));
  const described = (node: CompletionNode) =>
    [...node.commands, ...node.options].map(({ name, about }) =>
      quoted(`${name}:${about.replaceAll(':', '\\:')}`),
    );
  const cases = nodes.map(node => `    (${quoted(node.path)}) choices=(${described(node).join(' ')}) ;;`);
  return `#compdef foreshock
# foreshock: completion for zsh. Put it as _foreshock into a folder of $fpath.
_foreshock() {
  local at='' next i
  local -a choices
  for ((i = 2; i < CURRENT; i++)); do
    next="$at\${at:+ }\${words[i]}"
    case "$next" in
      (${paths.join('|')}) at=$next ;;
    esac
  done
  case "\${words[CURRENT-1]}" in
    (${valued(nodes).join('|')}) _files; return ;;
  esac
  case "$at" in
${cases.join('\n')}
  esac
  _describe 'foreshock' choices
  [[ -z "$at" ]] || _files
}
compdef _foreshock foreshock
`;
}

function fish(nodes: readonly CompletionNode[]): string {
  const seen = (path: string) => path.split(' ').map(word => `__fish_seen_subcommand_from ${word}`);
  const lines = nodes.flatMap(node => {
    const names = node.commands.map(({ name }) => name).join(' ');
    const inside = node.path === '' ? [] : seen(node.path);
    const alone = names === '' ? inside : [...inside, `not __fish_seen_subcommand_from ${names}`];
    const when = (conditions: readonly string[]) =>
      conditions.length === 0 ? '' : ` -n '${conditions.join('; and ')}'`;
    return [
      ...node.commands.map(
        ({ name, about }) => `complete -c foreshock${when(alone)} -f -a ${name} -d ${quoted(about)}`,
      ),
      ...node.options.map(
        ({ name, about, takesValue }) =>
          `complete -c foreshock${when(alone)} -l ${name.replace(/^--/, '')}${takesValue ? ' -r' : ''} -d ${quoted(about)}`,
      ),
    ];
  });
  return `# foreshock: completion for fish. Put it as foreshock.fish into ~/.config/fish/completions.\n${lines.join('\n')}\n`;
}

/** The shells that there are scripts for. */
export const completions: Readonly<Record<string, (nodes: readonly CompletionNode[]) => string>> = {
  bash,
  zsh,
  fish,
};
