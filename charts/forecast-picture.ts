/** What a mark is for; who draws it chooses the colour. All of them are told apart in black and white as well. */
export type Paint =
  | 'text'
  | 'quiet'
  | 'grid'
  | 'measured'
  | 'forecast'
  | 'inner'
  | 'outer'
  | 'limit'
  | 'full'
  | 'paper';

/** A stroked or filled path; `d` is that of SVG, in absolute M, L and Z only. */
export interface PathMark {
  readonly kind: 'path';
  readonly d: string;
  readonly stroke?: Paint;
  readonly fill?: Paint;
  readonly width: number;
  /** Lengths of strokes and gaps; a whole line when empty. */
  readonly dash: readonly number[];
}

/** One line of text; `y` is its base line. */
export interface TextMark {
  readonly kind: 'text';
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly paint: Paint;
  readonly anchor: 'start' | 'middle' | 'end';
  readonly bold: boolean;
}

export type Mark = PathMark | TextMark;

/** A picture as marks in its own units, from back to front, for SVG and for paper; `about` says the same in words. */
export interface Picture {
  readonly title: string;
  readonly about: string;
  readonly width: number;
  readonly height: number;
  readonly fontSize: number;
  readonly marks: readonly Mark[];
}
