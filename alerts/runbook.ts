/** Where the pages of our own server lie, under the address by which people reach it. */
export function servedRunbooks(url: string): string {
  return `${url.replace(/\/$/, '')}/runbooks/{alert}`;
}

/** The address of an alert's page: `{alert}` of the template is replaced by its name. */
export function runbookUrl(template: string, alertname: string): string {
  return template.replaceAll('{alert}', encodeURIComponent(alertname));
}
