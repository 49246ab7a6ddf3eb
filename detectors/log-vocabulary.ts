/** Words that are values wherever they stand. */
export const literals = new Set('null NULL nil nan NaN None undefined localhost'.split(' '));
/** Months and days of the week. */
export const datePart = new Set(
  'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec Mon Tue Wed Thu Fri Sat Sun January February March April June July August September October November December Monday Tuesday Wednesday Thursday Friday Saturday Sunday'.split(
    ' ',
  ),
);
/** Units and zones: they belong to the number before them. */
export const units = new Set(
  'B KB MB GB TB PB kB KiB MiB GiB TiB bytes byte Bytes ms us ns s sec secs seconds second msec usec minutes minute mins min hours hour hrs days day m h d % bps Kbps Mbps Gbps Hz kHz KHz MHz GHz UTC GMT CET CEST EST EDT PST PDT CST CDT MST MDT BST IST JST AM PM'.split(
    ' ',
  ),
);

/** Methods of HTTP: in a quoted request they stay. */
export const methods = new Set('GET POST PUT DELETE HEAD PATCH OPTIONS CONNECT TRACE'.split(' '));
