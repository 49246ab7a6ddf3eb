import { z } from 'zod';
import { Levels } from '../core/levels.ts';
import { AbsenceWatch } from './absence.ts';
import { readBytes, writeBytes } from './bytes.ts';
import { RollingTail } from './calibrate.ts';
import { checksum } from './checksum.ts';
import { ClassModel, type ClassParts, type Member } from './class-model.ts';
import { Decisions } from './decision.ts';
import { LastingEvidence } from './ensemble.ts';
import { Episodes } from './episode.ts';
import { episodePolicy, type FitContext } from './fit.ts';
import { detectors } from './index.ts';
import { PooledTail } from './pooled-tail.ts';
import { raceReportSchema } from './race.ts';
import { SeasonalBands } from './seasonal-band.ts';

const magic = 'foreshock model ';
/** Raised whenever the bytes change their meaning: models of another format are not read, the class is fitted anew. */
export const modelFormat = 3;
const headLength = magic.length + 8;

const wordsSchema = z.strictObject({
  keys: z.array(z.string()),
  members: z.array(z.strictObject({ name: z.string(), weight: z.number() })),
  race: raceReportSchema.optional(),
});

/**
 * A class model as bytes: the words "foreshock model", the format and a checksum of the rest (uint32, little endian), then
 * the parts. The window and the scores that are held back are not part of it: they fill again from the stream.
 */
export function classModelToBytes(model: ClassModel): Uint8Array {
  const { members, race, pooled, keys, baseline, levels, lasting, seen, needed } = model.parts;
  const { bands, absence, tail, episodes, decisions } = model.parts;
  const words = { keys, race, members: members.map(({ name, weight }) => ({ name, weight })) };
  const body = writeBytes(
    { needed },
    [
      Float32Array.from(pooled.scores),
      baseline.centre,
      baseline.scale,
      seen,
      episodes.since,
      levels.short,
      levels.long,
      levels.day,
      lasting.peak,
      lasting.mean,
      ...members.map(member => Float32Array.from(member.tail.scores)),
    ],
    [
      new TextEncoder().encode(JSON.stringify(words)),
      baseline.constant,
      model.moved,
      bands.toBytes(),
      absence.toBytes(),
      tail.toBytes(),
      decisions.toBytes(),
      ...members.map(member => member.fitted.toBytes()),
    ],
  );
  const bytes = new Uint8Array(headLength + body.length);
  bytes.set(new TextEncoder().encode(magic));
  const view = new DataView(bytes.buffer);
  view.setUint32(magic.length, modelFormat, true);
  view.setUint32(magic.length + 4, checksum(body), true);
  bytes.set(body, headLength);
  return bytes;
}

/**
 * Reads what `classModelToBytes` wrote for a class of the same signals. Throws a RangeError that says why for anything
 * else: not a model, another format, damaged, made for other signals.
 */
export function classModelFromBytes(bytes: Uint8Array, context: FitContext): ClassModel {
  const { head, arrays, blobs } = readBytes(bodyOf(bytes));
  const [pooled, centre, scale, seen, since, short, long, day, peak, mean, ...tails] = arrays;
  const [text, constant, moved, bands, absence, tail, decisions, ...fitted] = blobs;
  if (!pooled || !centre || !scale || !seen || !since) throw new RangeError('arrays are missing');
  if (!short || !long || !day || !peak || !mean) throw new RangeError('levels are missing');
  if (!text || !constant || !moved || !bands || !absence || !tail || !decisions)
    throw new RangeError('parts are missing');
  const { keys, members, race } = wordsSchema.parse(JSON.parse(new TextDecoder().decode(text)));
  if (centre.length !== keys.length * context.signals.length)
    throw new RangeError('the model was made for other signals');
  const episodes = new Episodes(keys.length, episodePolicy(context.fpr));
  episodes.since.set(since);
  const levels = new Levels(centre.length);
  levels.short.set(short);
  levels.long.set(long);
  levels.day.set(day);
  const lasting = new LastingEvidence(keys.length, context.step);
  lasting.peak.set(peak);
  lasting.mean.set(mean);
  const parts: ClassParts = {
    context,
    members: members.map((member, i) => memberOf(member, tails[i], fitted[i], context)),
    race,
    pooled: new PooledTail(pooled),
    keys,
    baseline: {
      centre: Float32Array.from(centre),
      scale: Float32Array.from(scale),
      constant: Uint8Array.from(constant),
    },
    levels,
    lasting,
    seen: Float32Array.from(seen),
    needed: head.needed ?? 0,
    absence: AbsenceWatch.fromBytes(absence),
    bands: SeasonalBands.fromBytes(bands),
    tail: RollingTail.fromBytes(tail),
    episodes,
    decisions: Decisions.fromBytes(decisions, context),
  };
  const model = new ClassModel(parts);
  model.moved.set(moved);
  return model;
}

function bodyOf(bytes: Uint8Array): Uint8Array {
  const begins = new TextDecoder().decode(bytes.subarray(0, magic.length));
  if (bytes.length < headLength || begins !== magic) throw new RangeError('the bytes are not a model');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const format = view.getUint32(magic.length, true);
  if (format !== modelFormat)
    throw new RangeError(`the model has format ${format}, this foreshock reads ${modelFormat}`);
  const body = bytes.subarray(headLength);
  if (checksum(body) !== view.getUint32(magic.length + 4, true))
    throw new RangeError('the bytes of the model are damaged');
  return body;
}

function memberOf(
  { name, weight }: { readonly name: string; readonly weight: number },
  scores: Float64Array | undefined,
  bytes: Uint8Array | undefined,
  context: FitContext,
): Member {
  const component = detectors.find(each => each.name === name);
  if (component === undefined || scores === undefined || bytes === undefined)
    throw new RangeError(`the model has a detector "${name}" that is not here`);
  const fitted = component.fromBytes(bytes, context);
  return { name, weight, rank: component.rank, fitted, tail: new PooledTail(scores) };
}
