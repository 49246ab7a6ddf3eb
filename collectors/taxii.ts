import { z } from 'zod';
import type { Component } from '../core/component.ts';
import { httpAccess, httpUrl, oneCredential } from '../core/http-access.ts';
import type { FeedCollector } from '../core/indicator.ts';
import { durationOption } from './duration-option.ts';
import { TaxiiCollector } from './taxii-collector.ts';

const options = z
  .strictObject({
    name: z.string().min(1).default('taxii').describe('Name of the feed.'),
    url: httpUrl.describe('Address of the API root, or of the discovery, whose default root is read then.'),
    ...httpAccess,
    collections: z
      .array(z.string().min(1))
      .default([])
      .describe('Ids, aliases or titles of the collections to read; all that may be read unless given.'),
    timeout: durationOption('30s', 100).describe('Longest time of one request.'),
    page_size: z.int().min(1).max(100_000).default(1000).describe('Objects of one answer.'),
    max_page_bytes: z
      .int()
      .min(1024)
      .default(32 << 20)
      .describe('Largest answer: of a larger one fewer objects are asked for.'),
    overlap: durationOption('1m', 0).describe(
      'So much of the newest past is read again at each poll, for what becomes visible late.',
    ),
  })
  .refine(oneCredential.check, oneCredential.params);

export type TaxiiOptions = z.output<typeof options>;

/** Indicators of STIX 2.1 in collections of TAXII 2.1. */
export const taxii: Component<typeof options, FeedCollector> = {
  name: 'taxii',
  summary: 'Indicators of STIX 2.1 in the collections of a TAXII 2.1 server.',
  options,
  create: settings => new TaxiiCollector(settings),
};
