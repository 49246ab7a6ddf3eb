import type { Picture } from '../charts/forecast-picture.ts';

/** A cell of a table; lines are parted by a line feed. */
export interface Cell {
  readonly text: string;
  /** Id of the heading that it leads to. */
  readonly to?: string;
  /** In full, where `text` is clipped. */
  readonly full?: string;
  readonly bold?: boolean;
}

export interface Column {
  readonly title: string;
  /** Share of the width. */
  readonly weight: number;
  readonly numeric?: boolean;
}

/** A table with a header; the first cell of a row names it. */
export interface Table {
  readonly kind: 'table';
  readonly caption: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
}

/** A heading of a section (2) or of a part of it (3). */
export interface Heading {
  readonly kind: 'heading';
  readonly level: 2 | 3;
  readonly id: string;
  readonly text: string;
}

export interface Paragraph {
  readonly kind: 'paragraph';
  readonly text: string;
  /** `lead` is what counts most, `note` is small print. */
  readonly tone: 'lead' | 'strong' | 'plain' | 'note';
}

/** What is shown together and never parted by a page. */
export interface Group {
  readonly kind: 'group';
  readonly blocks: readonly Block[];
}

export type Block =
  | Heading
  | Paragraph
  | Table
  | Group
  | { readonly kind: 'figure'; readonly picture: Picture }
  | { readonly kind: 'facts'; readonly facts: readonly (readonly [name: string, value: string])[] }
  /** Where the list of sections stands. */
  | { readonly kind: 'contents' };

/** A report as blocks, from which each form is made. */
export interface ReportDocument {
  readonly title: string;
  readonly subtitle: string;
  readonly madeAt: number;
  readonly blocks: readonly Block[];
}

export const paragraph = (text: string, tone: Paragraph['tone'] = 'plain'): Paragraph => ({
  kind: 'paragraph',
  text,
  tone,
});

export const heading = (level: Heading['level'], id: string, text: string): Heading => ({
  kind: 'heading',
  level,
  id,
  text,
});

/** The headings of sections, in order. */
export function sectionsOf({ blocks }: ReportDocument): readonly Heading[] {
  return blocks.filter(block => block.kind === 'heading').filter(({ level }) => level === 2);
}
