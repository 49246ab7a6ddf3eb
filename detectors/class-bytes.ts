import { AbsenceWatch } from './absence.ts';
import { readBytes, writeBytes } from './bytes.ts';
import { RollingTail } from './calibrate.ts';
import { ClassModel, type Member } from './class-model.ts';
import { Episodes } from './episode.ts';
import { episodePolicy, type FitContext } from './fit.ts';
import { detectors } from './index.ts';
import { PooledTail } from './pooled-tail.ts';
import { SeasonalBands } from './seasonal-band.ts';

/** A class model as bytes; the window and open episodes are not part of it: they fill again from the stream. */
export function classModelToBytes(model: ClassModel): Uint8Array {
  const { members, pooled, keys, baseline, seen, needed, bands, absence, tail } = model.parts;
  const text = new TextEncoder().encode(JSON.stringify(keys));
  const places = members.map(m => detectors.findIndex(d => d.name === m.name));
  return writeBytes({ needed }, [
    text,
    places,
    pooled.scores,
    baseline.centre,
    baseline.scale,
    baseline.constant,
    seen,
    bands.toBytes(),
    absence.toBytes(),
    tail.toBytes(),
    ...members.flatMap(m => [m.tail.scores, m.fitted.toBytes()]),
  ]);
}

/** Reads what `classModelToBytes` wrote for a class of the same signals; throws a RangeError for anything else. */
export function classModelFromBytes(bytes: Uint8Array, context: FitContext): ClassModel {
  const { head, arrays } = readBytes(bytes);
  const [text, places, pooled, centre, scale, constant, seen, bands, absence, tail, ...rest] = arrays;
  if (!text || !places || !pooled || !centre || !scale || !constant || !seen || !bands || !absence || !tail)
    throw new RangeError('the bytes are not those of a class model');
  const keys: unknown = JSON.parse(new TextDecoder().decode(Uint8Array.from(text)));
  if (!Array.isArray(keys) || centre.length !== keys.length * context.signals.length)
    throw new RangeError('the class model was made for other signals');
  const members = Array.from(places, (place, i): Member => {
    const component = detectors[place];
    const scores = rest[2 * i];
    const fitted = rest[2 * i + 1];
    if (!component || !scores || !fitted)
      throw new RangeError('the class model names a detector that is not here');
    const { name, weight } = component;
    return {
      name,
      weight,
      fitted: component.fromBytes(Uint8Array.from(fitted)),
      tail: new PooledTail(scores),
    };
  });
  return new ClassModel({
    context,
    members,
    pooled: new PooledTail(pooled),
    keys: keys.map(String),
    baseline: {
      centre: Float32Array.from(centre),
      scale: Float32Array.from(scale),
      constant: Uint8Array.from(constant),
    },
    seen: Float32Array.from(seen),
    needed: head.needed ?? 0,
    absence: AbsenceWatch.fromBytes(Uint8Array.from(absence)),
    bands: SeasonalBands.fromBytes(Uint8Array.from(bands)),
    tail: RollingTail.fromBytes(Uint8Array.from(tail)),
    episodes: new Episodes(keys.length, episodePolicy(context.fpr)),
  });
}
