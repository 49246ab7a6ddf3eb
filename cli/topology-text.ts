import { sayList } from '../core/say-name.ts';
import { saySpan } from '../core/say-time.ts';
import type { TopologyNode } from '../core/topology.ts';
import type { ToldEdge, ToldTopology } from '../correlators/topology.ts';
import { table } from './model-tables.ts';
import { formatTimestamp } from './timestamp.ts';

/** A name as a terminal may show it: what would move the cursor or paint is written as an escape. */
function printable(name: string): string {
  return name.replace(/\p{C}/gu, character => `\\u{${character.codePointAt(0)!.toString(16)}}`);
}

function row({ from, to, kind = '-', confidence, saidBy }: ToldEdge, now: number): string[] {
  const sources = sayList(saidBy.map(({ source }) => source));
  const seen = `${saySpan(now - saidBy[0]!.at)} ago`;
  return [from, to, kind, confidence.toFixed(2), sources, seen].map(printable);
}

/** The edges as a table for people, `now` in ms. */
export function topologyTable({ edges }: ToldTopology, now: number): string {
  const head = ['FROM', 'TO', 'KIND', 'CONFIDENCE', 'SAID BY', 'SEEN'];
  return table([head, ...edges.map(edge => row(edge, now))]);
}

/** `topology.json`: nodes and edges as a topology file has them, with what each edge rests on beside it. */
export function topologyJson({ nodes, edges }: ToldTopology): string {
  const told = edges.map(({ confidence, saidBy, ...edge }) => ({
    ...edge,
    confidence: Number(confidence.toFixed(3)),
    saidBy: saidBy.map(({ source, at }) => ({ source, at: formatTimestamp(at) })),
  }));
  return `${JSON.stringify({ nodes, edges: told }, undefined, 2)}\n`;
}

/** A DOT string (Graphviz, "The DOT Language"): only the quote must be escaped in it; a NUL would end the text. */
function quoted(text: string): string {
  return `"${text.replaceAll('\0', '\uFFFD').replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/** A label (an escString, in which HTML entities are read) that shows the text as it is. */
function label(text: string): string {
  return quoted(text.replaceAll('&', '&amp;')).replaceAll(/\r\n|\r|\n/g, '\\n');
}

/** Ids are strings in quotes, which may hold anything; a line break in one is an escape, so that an edge stays a line. */
function id(name: string): string {
  return quoted(name).replaceAll(/\r\n|\r|\n/g, '\\n');
}

const shapes: Readonly<Record<string, string>> = { service: 'box', pod: 'ellipse', node: 'component' };

function nodeLine({ id: name, kind }: TopologyNode): string {
  const shape = kind === undefined ? undefined : shapes[kind];
  const more = shape === undefined ? '' : `, shape=${shape}`;
  return `  ${id(name)} [label=${label(name)}${more}];\n`;
}

function edgeLine({ from, to, kind, confidence, saidBy }: ToldEdge): string {
  const words = `${kind ?? 'leads to'}, said by ${sayList(saidBy.map(({ source }) => source))}, ${confidence.toFixed(2)}`;
  const style = confidence < 0.5 ? ', style=dashed' : '';
  return `  ${id(from)} -> ${id(to)} [tooltip=${label(words)}${style}];\n`;
}

/** The graph in Graphviz' DOT language; edges that are more doubtful than sure are dashed. */
export function topologyDot({ nodes, edges }: ToldTopology): string {
  const lines = [...nodes.map(nodeLine), ...edges.map(edgeLine)];
  return `digraph topology {\n  rankdir=LR;\n${lines.join('')}}\n`;
}
