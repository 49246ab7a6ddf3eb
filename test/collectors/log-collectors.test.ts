import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { logCollectors } from '../../collectors/log-collectors.ts';
import type { Component } from '../../core/component.ts';
import type { LogCollector } from '../../core/log.ts';

const described = z.object({
  properties: z.record(z.string(), z.object({ description: z.string().optional() })),
});
const document = readFileSync(new URL('../../docs/log-collectors.md', import.meta.url), 'utf8');
const components: [string, Component<z.ZodType, LogCollector>][] = Object.entries(logCollectors);

describe.each(components)('the log collector %s', (key, component) => {
  const { properties } = described.parse(z.toJSONSchema(component.options, { io: 'input' }));

  it('is registered by its name', () => {
    expect(component.name).toBe(key);
  });

  it('says of each option in a sentence what it does', () => {
    const silent = Object.entries(properties).filter(([, { description }]) => !description?.endsWith('.'));
    expect(silent.map(([name]) => name)).toEqual([]);
  });

  it('has each option in its section of the document', () => {
    const section = document.split(/^## /m).find(text => text.startsWith(`${key}\n`)) ?? '';
    expect(Object.keys(properties).filter(name => !section.includes(`\`${name}\``))).toEqual([]);
  });

  it('knows no other options', () => {
    const issues = component.options.safeParse({ no_such_option: 1 }).error?.issues ?? [];
    expect(issues.map(({ code }) => code)).toContain('unrecognized_keys');
  });
});
