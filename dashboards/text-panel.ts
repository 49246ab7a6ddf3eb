import * as text from '@grafana/grafana-foundation-sdk/text';
import { type Placeable, placeOf } from './grid.ts';
import { plainText } from './text.ts';

/** Words in Markdown; what comes from outside must have gone through `markdownText`. */
export interface TextSpec {
  readonly title: string;
  readonly about: string;
  readonly content: string;
}

/** A panel of words. */
export function textPanel(spec: TextSpec, size: { readonly w: number; readonly h: number }): Placeable {
  return {
    ...size,
    make: slot =>
      new text.PanelBuilder()
        .id(slot.id)
        .title(plainText(spec.title))
        .description(plainText(spec.about))
        .mode(text.TextMode.Markdown)
        .content(spec.content)
        .gridPos(placeOf(slot))
        .build(),
  };
}
