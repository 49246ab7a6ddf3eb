import { describe, expect, it } from 'vitest';
import { createIncidentAlbum, type Pictures } from '../../cli/incident-album.ts';
import { openStore } from '../../store/sqlite.ts';
import { checkoutIncident } from '../server/checkout-incident.ts';
import { temporaryFolder } from './command.ts';

const { signals, around, logs } = checkoutIncident();
const pictures: Pictures = {
  signals: signals.map(signal => ({ ...signal, low: signal.low.with(0, Number.NaN) })),
  around: around!,
  logs: logs!,
};

describe('the pictures of an incident', () => {
  it('are the same after a restart: signals with their gaps, topology, log lines', () => {
    const dir = temporaryFolder();
    const store = openStore(dir);
    createIncidentAlbum(store.values('incident-pictures'), []).keep('a', pictures);
    store.close();
    const again = openStore(dir);
    expect(createIncidentAlbum(again.values('incident-pictures'), ['a']).of('a')).toEqual(pictures);
    again.close();
  });

  it('are left out where they cannot be read, and go with their incident', () => {
    const store = openStore(':memory:');
    const values = store.values('incident-pictures');
    values.set('torn', new TextEncoder().encode('{"signals": [{"t": "AAAA"}]}'));
    const album = createIncidentAlbum(values, ['torn', 'unknown']);
    expect([album.of('torn'), album.of('unknown')]).toEqual([{}, {}]);
    album.keep('a', pictures);
    album.expire(id => id === 'b');
    expect([album.of('a'), values.entries()]).toEqual([{}, []]);
    store.close();
  });
});
