import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseTopology } from '../../cli/alerts-file.ts';
import { topologyDot } from '../../cli/topology-text.ts';
import { foreshock, foreshockBeside, temporaryFolder } from './command.ts';

/** A config that asks no metrics for edges, whose topology is `block`; `graph` becomes the file `graph.json` beside it. */
function configWith(block: string, graph: unknown = { edges: [] }): string {
  const folder = temporaryFolder();
  writeFileSync(path.join(folder, 'graph.json'), JSON.stringify(graph));
  const file = path.join(folder, 'c.yaml');
  const topology = `{metrics: []${block === '' ? '' : `, ${block}`}}`;
  writeFileSync(
    file,
    `prometheus: {url: http://127.0.0.1:9}\npacks: [node]\nstorage: {path: ${folder}/state}\ntopology: ${topology}\n`,
  );
  return file;
}

async function jaeger(status: number, body: unknown): Promise<string> {
  const server = createServer((_, response) => response.writeHead(status).end(JSON.stringify(body)));
  onTestFinished(() => void server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

const calls = { data: [{ parent: 'front', child: 'cart', callCount: 2 }] };
const graph = {
  nodes: [{ id: 'cart', kind: 'service' }],
  edges: [
    { from: 'front', to: 'cart', kind: 'calls' },
    { from: 'cart', to: 'redis' },
  ],
};

describe('topology show', () => {
  it('is a line an edge: how sure, who says it, how long ago it was seen', async () => {
    const url = await jaeger(200, calls);
    const config = configWith(`files: [graph.json], jaeger: [{url: ${url}}]`, graph);
    const file = path.join(path.dirname(config), 'graph.json');
    const { code, stdout, stderr } = await foreshockBeside(['topology', 'show', '--config', config]);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const [head, ...rows] = stdout.trimEnd().split('\n');
    expect(head).toMatch(/^FROM +TO +KIND +CONFIDENCE +SAID BY +SEEN$/);
    expect(rows.map(row => row.split(/ {2,}/))).toEqual([
      ['cart', 'redis', '-', '1.00', file, '0 s ago'],
      ['front', 'cart', 'calls', '1.00', `jaeger and ${file}`, '0 s ago'],
    ]);
  });

  it('says what a source failed with, and shows what the others know', async () => {
    const url = await jaeger(404, {});
    const config = configWith(`files: [graph.json], jaeger: [{url: ${url}}]`, graph);
    const { code, stdout, stderr } = await foreshockBeside(['topology', 'show', '--config', config]);
    expect(stderr).toBe(`jaeger: ${url}/api/dependencies: answered 404\n`);
    expect(stdout.split('\n')).toHaveLength(4);
    expect(code).toBe(0);
  });

  it('is exit 3 when no source answers', () => {
    const config = configWith('files: [nowhere.json]');
    const { code, stdout, stderr } = foreshock(['topology', 'show', '--config', config]);
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toContain('nowhere.json: cannot be read (ENOENT)');
  });

  it('is exit 2 when the config names nobody to ask', () => {
    const { code, stderr } = foreshock(['topology', 'show', '--config', configWith('')]);
    expect(code).toBe(2);
    expect(stderr).toContain('nothing tells who calls whom');
  });

  it('writes names that would move the cursor as escapes', () => {
    const config = configWith('files: [graph.json]', { edges: [{ from: 'a\u001b[2J', to: 'b\nc' }] });
    const { stdout } = foreshock(['topology', 'show', '--config', config]);
    expect(stdout).toContain('a\\u{1b}[2J');
    expect(stdout).toContain('b\\u{a}c');
  });
});

describe('topology export', () => {
  it('writes a topology file that can be read back, with what each edge rests on', () => {
    const config = configWith('files: [graph.json]', graph);
    const output = path.join(path.dirname(config), 'out.json');
    const { code, stderr } = foreshock(['topology', 'export', '--config', config, '--output', output]);
    expect([code, stderr]).toEqual([0, `${output}: 3 nodes and 2 edges\n`]);
    const text = readFileSync(output, 'utf8');
    expect(parseTopology(text, output)).toEqual({
      nodes: [{ id: 'cart', kind: 'service' }, { id: 'front' }, { id: 'redis' }],
      edges: [
        { from: 'cart', to: 'redis' },
        { from: 'front', to: 'cart' },
      ],
    });
    expect(JSON.parse(text).edges[1]).toMatchObject({
      kind: 'calls',
      confidence: 1,
      saidBy: [{ source: expect.stringContaining('graph.json'), at: expect.stringMatching(/^\d{4}-.*Z$/) }],
    });
  });

  it('knows json and dot', () => {
    const { code, stderr } = foreshock(['topology', 'export', '--config', 'x', '--format', 'svg']);
    expect(code).toBe(2);
    expect(stderr).toContain('--format svg: there are json and dot');
  });
});

describe('the graph in DOT', () => {
  const dot = (from: string, to: string, confidence = 1) =>
    topologyDot({
      nodes: [from, to].map(id => ({ id, kind: 'service' })),
      edges: [{ from, to, kind: 'calls', confidence, saidBy: [{ source: 'mesh "eu"', at: 0 }] }],
    });

  it('has a line a node and a line an edge', () => {
    expect(dot('front', 'cart')).toBe(
      [
        'digraph topology {',
        '  rankdir=LR;',
        '  "front" [label="front", shape=box];',
        '  "cart" [label="cart", shape=box];',
        '  "front" -> "cart" [tooltip="calls, said by mesh \\"eu\\", 1.00"];',
        '}',
        '',
      ].join('\n'),
    );
  });

  it('dashes what is more doubtful than sure', () => {
    expect(dot('a', 'b', 0.4)).toContain('style=dashed');
    expect(dot('a', 'b', 0.6)).not.toContain('style=dashed');
  });

  it.each([
    'say "hi"',
    'back\\',
    'a\\N',
    'line\nbreak',
    'nul\0',
    '-> ; }',
    'graph',
    '1.5',
    '<b>x</b>',
    'a&lt;b',
    '',
  ])('keeps the name %j in one string of one line', name => {
    const [line] = dot(name, 'to').split('\n').slice(2);
    const strings = [...line!.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([whole]) => whole);
    expect(line).toBe(`  ${strings[0]} [label=${strings[1]}, shape=box];`);
  });
});
