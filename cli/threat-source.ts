/** The source that the packs of threat feeds ask: all feeds, and the lines of all logs that match. */
export const threatSource = 'threat_feeds';
