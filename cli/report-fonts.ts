import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { PdfFonts } from '../reports/pdf-sheet.ts';

const family = '@expo-google-fonts/source-sans-3';
let read: PdfFonts | undefined;

/** The fonts of our documents on paper, read once: Source Sans 3, under the SIL Open Font License. */
export function paperFonts(): PdfFonts {
  const { resolve } = createRequire(import.meta.url);
  const font = (file: string) => readFileSync(resolve(`${family}/${file}`));
  read ??= {
    regular: font('400Regular/SourceSans3_400Regular.ttf'),
    bold: font('600SemiBold/SourceSans3_600SemiBold.ttf'),
  };
  return read;
}
