/** The version that `--version`, `/metrics` and the dashboards tell; the same as in package.json (a test holds it). */
export const version = '0.1.0';
