import { spawnSync } from 'node:child_process';
import { beforeAll, describe, expect, it } from 'vitest';
import { foreshock } from './command.ts';

describe('completion in a real bash', () => {
  let script = '';
  beforeAll(() => {
    script = foreshock(['completion', 'bash']).stdout;
  });

  /** What bash offers after these words; the last one is being typed. */
  function offered(...words: string[]): string[] {
    const quoted = ['foreshock', ...words].map(word => `'${word}'`).join(' ');
    const ask = `COMP_WORDS=(${quoted}); COMP_CWORD=${words.length}; _foreshock; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout, stderr } = spawnSync('bash', ['-c', `${script}\n${ask}`], { encoding: 'utf8' });
    expect(stderr).toBe('');
    return stdout.split('\n').filter(word => word !== '');
  }

  it.each([
    [['de'], ['demo', 'detect']],
    [['check', 'w'], ['web-config']],
    [['check', 'config', '--'], ['--help']],
    [
      ['run', '--log'],
      ['--log.level', '--log.format'],
    ],
    [
      ['dashboards', 'build', '--d'],
      ['--dry-run', '--diff'],
    ],
    [['--v'], ['--version']],
    [['run', '--config', ''], []],
    [['run', '--dry-run', '--con'], ['--config']],
  ])('%j is completed to %j', (words, completed) => {
    expect(offered(...words)).toEqual(completed);
  });
});

it.each(['bash', 'zsh', 'fish'])('%s knows every command and flag', shell => {
  const { code, stdout } = foreshock(['completion', shell]);
  for (const word of ['correlate', 'web-config', 'train-until', 'log.format']) expect(stdout).toContain(word);
  expect(stdout).not.toContain('undefined');
  expect(code).toBe(0);
});

it('another shell is bad usage', () => {
  const { code, stderr } = foreshock(['completion', 'tcsh']);
  expect(stderr).toMatch(/choices are bash, zsh, fish/);
  expect(code).toBe(2);
});
