/** Which server embeds: what may be said of it, where it is, and how its vectors are named. */
import { describe, expect, test } from 'vitest';
import {
  type ChosenServer,
  costOf,
  embedderChoiceShape,
  estimateTokens,
  hostOf,
  isOnThisMachine,
  modelNameOf,
  serverWishShape,
  usualUrlByKind,
} from '../../../../shared/domain/knowledge/embedder-choice.ts';

const chosen: ChosenServer = {
  kind: 'ollama',
  url: usualUrlByKind.ollama,
  model: 'bge-m3',
  requests_per_minute: null,
  price_per_million: null,
  only: [],
  dimensions: 1_024,
  version: null,
};

describe('an address', () => {
  test.each([
    'http://127.0.0.1:11434',
    'https://api.openai.com/v1',
    'http://[::1]:8080',
    'https://host.example:8443/some/path',
  ])('%s may be said', (url) => {
    expect(serverWishShape.shape.url.safeParse(url).success).toBe(true);
  });

  test.each([
    'ftp://host',
    'host:11434',
    '',
    'https://ada:secret@host/v1',
    'https://secret@host/v1',
    'https://host/v1?key=secret',
    'https://host/v1#secret',
    'https://host\\@evil.example/v1',
    'https:///v1',
    'https://host /v1',
    `https://${'x'.repeat(2_000)}`,
  ])('%s may not', (url) => {
    expect(serverWishShape.shape.url.safeParse(url).success).toBe(false);
  });

  test.each([
    ['http://localhost:11434', true],
    ['http://127.0.0.1:11434', true],
    ['http://127.9.9.9', true],
    ['http://[::1]:8080/v1', true],
    ['http://localhost.evil.example', false],
    ['http://127.0.0.1.evil.example', false],
    ['http://evil.example/localhost', false],
    ['http://10.0.0.5:11434', false],
    ['https://api.openai.com/v1', false],
  ])('%s is on this machine: %s', (url, isLocal) => {
    expect(isOnThisMachine(url)).toBe(isLocal);
  });

  test('is told by its host and port', () => {
    expect(hostOf('https://api.openai.com/v1')).toBe('api.openai.com');
    expect(hostOf('http://10.0.0.5:1234/v1')).toBe('10.0.0.5:1234');
    expect(hostOf('http://[::1]:8080')).toBe('[::1]:8080');
  });
});

describe('a model', () => {
  test('has one name on every machine where its server marks it', () => {
    const marked = { ...chosen, version: '0a109f422b47e3a30ba2b10eca18548e' };
    expect(modelNameOf(marked)).toBe('ollama/bge-m3@0a109f422b47/1024');
    expect(modelNameOf({ ...marked, url: 'http://10.0.0.5:11434' })).toBe(modelNameOf(marked));
    expect(modelNameOf({ ...marked, version: 'another' })).not.toBe(modelNameOf(marked));
    expect(modelNameOf({ ...marked, dimensions: 512 })).not.toBe(modelNameOf(marked));
  });

  test('is named with its server where that is not the usual one', () => {
    const openai = { ...chosen, kind: 'openai' as const, url: usualUrlByKind.openai };
    expect(modelNameOf(openai)).toBe('openai/bge-m3/1024');
    expect(modelNameOf({ ...openai, url: 'http://10.0.0.5:1234/v1' })).toBe(
      'openai/10.0.0.5:1234/bge-m3/1024',
    );
  });

  test.each(['two words', 'line\nbreak', '', 'x'.repeat(201)])('%j is no name of one', (model) => {
    expect(serverWishShape.shape.model.safeParse(model).success).toBe(false);
  });
});

test.each([
  ['a rate of 0', { requests_per_minute: 0 }],
  ['half a request', { requests_per_minute: 0.5 }],
  ['a price below nothing', { price_per_million: -1 }],
  ['no dimensions', { dimensions: 0 }],
  ['what nobody knows', { key: 'secret' }],
])('%s is refused', (_, wrong) => {
  expect(embedderChoiceShape.safeParse(chosen).success).toBe(true);
  expect(embedderChoiceShape.safeParse({ ...chosen, ...wrong }).success).toBe(false);
});

test('costs follow tokens, and tokens bytes', () => {
  expect(costOf(2_500_000, 0.02)).toBeCloseTo(0.05);
  expect(estimateTokens(0)).toBe(0);
  expect(estimateTokens(4_001)).toBe(1_001);
});
