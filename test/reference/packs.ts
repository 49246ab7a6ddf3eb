import { readFileSync } from 'node:fs';
import { builtinPacks, loadPack } from '../../config/pack.ts';
import { type ExporterSpec, type Pack, signalKinds } from '../../core/pack.ts';
import { packUid } from '../../dashboards/pack.ts';
import { systems } from './pack-systems.ts';

/** The kinds that at least three packs must have: those that the mission names. */
export const namedKinds = [
  'cpu',
  'memory',
  'disk_io',
  'network',
  'errors',
  'latency',
  'user_behavior',
  'security_events',
] as const;

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');
const lines = (texts: readonly string[]) => (texts.length === 0 ? '-' : texts.join('<br>'));

/** The packs that come with foreshock. */
export function readPacks(): Pack[] {
  return [...builtinPacks().values()].map(file => {
    const loaded = loadPack(file, readFileSync(file, 'utf8'));
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.mistakes, null, 1));
    return loaded.pack;
  });
}

/** How many packs have a signal of the kind. */
export function packsWith(packs: readonly Pack[], kind: (typeof signalKinds)[number]): Pack[] {
  return packs.filter(pack => pack.classes.some(({ signals }) => signals.some(one => one.kind === kind)));
}

function exporterCell({ name, versions, docs }: ExporterSpec): string {
  return `${docs === '' ? name : `[${name}](${docs})`} ${versions}`;
}

function verifiedCell({ recorded, documented }: ExporterSpec): string {
  return documented === undefined ? `run: ${recorded ?? '?'}` : `[document](${documented})`;
}

function kindsCell(pack: Pack): string {
  const signals = pack.classes.flatMap(one => one.signals);
  const counts = signalKinds.map(kind => ({ kind, count: signals.filter(one => one.kind === kind).length }));
  const present = counts.filter(({ count }) => count > 0);
  return present.map(({ kind, count }) => `${kind}\u00a0${count}`).join(', ');
}

function row(pack: Pack): string {
  const cells = [
    cell(pack.title),
    `\`${pack.pack}\``,
    lines(pack.exporter.map(exporterCell)),
    lines(pack.exporter.map(verifiedCell)),
    kindsCell(pack),
    lines(pack.capacity.map(({ resource }) => cell(resource))),
    lines(pack.alerts.map(({ alert }) => `[${alert}](runbooks/${alert}.md)`)),
    lines(pack.objectives.map(({ name }) => name)),
    `\`${packUid(pack.pack)}\``,
  ];
  return `| ${cells.join(' | ')} |`;
}

/** Each system with its packs; a pack that no system names stands for itself. */
function systemRows(packs: readonly Pack[]): string[] {
  const named = new Set(systems.flatMap(([, names]) => names));
  const others = packs
    .filter(({ pack }) => !named.has(pack))
    .map(({ title, pack }) => [cell(title), [pack]] as const);
  return [...systems, ...others].map(
    ([system, names]) => `| ${system} | ${names.map(name => `\`${name}\``).join(', ')} |`,
  );
}

/** `docs/packs.md`, from the packs. */
export function packsPage(): string {
  const packs = readPacks();
  const counts = signalKinds.map(kind => {
    const having = packsWith(packs, kind);
    return `| \`${kind}\` | ${having.length} | ${having.map(({ pack }) => `\`${pack}\``).join(', ')} |`;
  });
  return `# Packs

A pack makes one technology known: what to watch, what runs out, who stands on whom, which alerts are worth a page. Name it under
\`packs:\` in the config; \`foreshock check pack <file>\` checks one of your own. This page is made from the packs by
\`npm run docs\`.

"Verified" says where the names of the metrics come from. \`run\`: the exporter of that version was started, and what it told is
in \`test/packs/expositions/\`, with fewer samples of each name. \`document\`: it could not be run; the names of the linked document
stand in \`test/packs/documented/\`, whose head says what was not read there. A test looks each name up. The dashboard is the one that \`foreshock dashboards\` writes under this uid.

| system | pack | exporter, versions | verified | signals by kind | capacity | alerts | objectives | dashboard |
|---|---|---|---|---|---|---|---|---|
${packs.map(row).join('\n')}

## Where a system is

| system | packs |
|---|---|
${systemRows(packs).join('\n')}

## Kinds of metrics

| kind | packs | |
|---|---|---|
${counts.join('\n')}
`;
}
