import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readDeepLink } from '../../electron/shell/deep-link.ts';
import { destinationUrl } from '../../electron/shell/destination.ts';
import { isOurs } from '../../electron/shell/security.ts';

test.each([
  ['skein://open', 'skein://app/'],
  ['skein://open/', 'skein://app/'],
  ['skein://open?view=reports', 'skein://app/reports'],
  ['skein://open?view=overview&workspace=a1-b2', 'skein://app/?workspace=a1-b2'],
  ['skein://change/123', 'skein://app/change/123'],
  ['SKEIN://change/123?workspace=a1', 'skein://app/change/123?workspace=a1'],
  ['skein://file/docs/r%C3%A9sum%C3%A9%20a.md', 'skein://app/file/docs/r%C3%A9sum%C3%A9%20a.md'],
  ['skein://report/00ff12', 'skein://app/report/00ff12'],
  ['skein://app/', 'skein://app/'],
  ['skein://app/change/12?workspace=a1', 'skein://app/change/12?workspace=a1'],
  ['skein://app/file/docs/a.md', 'skein://app/file/docs/a.md'],
  ['skein://app/reports', 'skein://app/reports'],
  ['skein://reports', 'skein://app/reports'],
  ['skein://open?view=inbox&workspace=a1', 'skein://app/inbox?workspace=a1'],
  ['skein://peers', 'skein://app/peers'],
  ['skein://open?view=knowledge', 'skein://app/knowledge'],
  ['skein://open?view=search', 'skein://app/search'],
  [
    'skein://open?view=search&q=who%20tends%20%26%20oils%3F',
    'skein://app/search?q=who%20tends%20%26%20oils%3F',
  ],
  ['skein://open?workspace=a1&q=lamp+oil&view=search', 'skein://app/search?q=lamp%20oil&workspace=a1'],
  ['skein://app/search?q=lamp&workspace=a1', 'skein://app/search?q=lamp&workspace=a1'],
])('%s leads to %s', (link, address) => {
  const destination = readDeepLink(link);
  expect(destination.ok && destinationUrl(destination.value)).toBe(address);
});

test.each([
  'skein://app/api/sync/consolidate',
  'skein://app/changes/12',
  'skein://app/change/12?days=7',
  'skein://app/assets/index.js',
  'skein://open?folder=/etc',
  'skein://open/etc/passwd',
  'skein://open?view=welcome',
  'skein://open?view=reports&q=lamp',
  'skein://open?q=lamp',
  'skein://open?view=search&q=a%00b',
  `skein://open?view=search&q=${'a'.repeat(1_001)}`,
  'skein://open?view=search&q=lamp&mode=words',
  'skein://open/etc?view=search&q=lamp',
  'skein://change/12?q=lamp',
  'skein://search?view=search&q=lamp',
  'skein://open?view=javascript:alert(1)',
  'skein://open#token=abc',
  'skein://user:secret@open',
  'skein://open:8080',
  'skein://change/',
  'skein://change/12/34',
  'skein://change/-1',
  'skein://change/1e9',
  'skein://change/12?view=settings',
  'skein://change/12?workspace=../../x',
  'skein://file/',
  'skein://file/../../etc/passwd',
  'skein://file/%2e%2e/%2e%2e/etc/passwd',
  'skein://file/a%2f..%2fb',
  'skein://file//etc/passwd',
  'skein://file/a%5Cb',
  'skein://file/a%00b',
  'skein://file/%E0%A4%A',
  'skein://report/zz',
  'skein:change/12',
  'skein://',
  'https://change/12',
  'javascript:alert(1)',
  '',
])('%s is refused', (link) => {
  const destination = readDeepLink(link);
  expect(destination.ok).toBe(false);
  expect(!destination.ok && destination.error.code).toBe('bad-input');
});

test('a link that is too long is refused', () => {
  expect(readDeepLink(`skein://file/${'a'.repeat(10_000)}`).ok).toBe(false);
});

test('whatever a link says, it leads nowhere but to our own screen', () => {
  const link = fc.oneof(
    fc.string(),
    fc.webUrl(),
    fc.string({ unit: 'grapheme' }).map((text) => `skein://file/${text}`),
    fc.string({ unit: 'binary' }).map((text) => `skein://open?view=search&q=${text}`),
  );
  fc.assert(
    fc.property(link, (text) => {
      const destination = readDeepLink(text);
      if (!destination.ok) return;
      const address = destinationUrl(destination.value);
      expect(isOurs(address)).toBe(true);
      expect(new URL(address).pathname).toBe(address.slice('skein://app'.length).split('?')[0]);
      expect(address).not.toMatch(/\/api\//);
    }),
  );
});

test('only our own origin is ours', () => {
  const strangers = [
    'skein://application/',
    'skein://app.evil/',
    'skein://app:80/',
    'http://app/',
    'skein:app',
    'about:blank',
    '',
  ];
  expect(strangers.filter(isOurs)).toEqual([]);
  expect(isOurs('skein://app/change/1?workspace=x')).toBe(true);
});
