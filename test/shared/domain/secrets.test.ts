import { describe, expect, test } from 'vitest';
import { hasPassword, withoutSecrets } from '../../../shared/domain/secrets.ts';

describe('a text without secrets', () => {
  test.each([
    ['https://ada:pass@host.org/a.git', 'https://host.org/a.git'],
    ['https://ghp_token@host.org/a.git', 'https://host.org/a.git'],
    ['https://:pass@host.org/a.git', 'https://host.org/a.git'],
    ['https://ada:p@ss@host.org/a', 'https://host.org/a'],
    ['https://ada:p/ss@host.org/a', 'https://host.org/a'],
    ['https://ada:12345@host.org/a', 'https://host.org/a'],
    ['ssh://git:pass@host.org/a', 'ssh://host.org/a'],
    ["fatal: unable to access 'https://a:b@h/x/': no", "fatal: unable to access 'https://h/x/': no"],
    ['https://a:b@one/ and https://c:d@two/', 'https://one/ and https://two/'],
    ['Authorization: Basic YTpi', 'Authorization: …'],
    ['https://h/a?private_token=abc&x=1', 'https://h/a?private_token=…&x=1'],
    ['https://h/a?acc%65ss_tok%65n=abc&x=1', 'https://h/a?acc%65ss_tok%65n=…&x=1'],
    ['https://h/a?x=1&amp;token=abc', 'https://h/a?x=1&amp;token=…'],
    ['https://h/ghp%5Fabcdefgh1234/a', 'https://h/ghp%5F…/a'],
  ])('%s', (text, clean) => expect(withoutSecrets(text)).toBe(clean));

  test.each([
    'ssh://git@host.org/a.git',
    'git@host.org:team/a.git',
    'https://host.org:8080/@scope/a.git',
    'https://host.org/@scope/a.git',
    'https://host.org/a.git',
    'file:///srv/a@b.git',
    'mail to ada@example.org: fine',
    'https://h/a?author=ada&monkey=1&tokens=3&%zz=1&=x#key',
  ])('%s stays', (text) => expect(withoutSecrets(text)).toBe(text));

  test('known secrets go wherever they stand, also as they are written in addresses', () => {
    expect(withoutSecrets('x a b/c y a%20b%2Fc z', ['a b/c'])).toBe('x … y … z');
    expect(withoutSecrets('nothing', [''])).toBe('nothing');
  });

  test('tokens are known by how they begin', () => {
    expect(withoutSecrets('used ghp_abcdefgh1234 and glpat-abcdefgh1234.')).toBe('used ghp_… and glpat-….');
  });
});

test.each([
  ['ftp://user:S3CRET@host/x', true],
  ['http::http://u:S3CRET@host/x', true],
  ['hg::https://ghp_0123456789@host/x', true],
  ['hg::https://ada@host/x', false],
  ['https://host/repo.git?token=S3CRET', true],
  ['https://host/repo.git?a=b&access_token=S3CRET', true],
  ['https://host/ghp_0123456789abcdef/repo.git', true],
  ['https://host/repo.git?acc%65ss_token=S3CRET', true],
  ['https://host/repo.git?%74%6F%6B%65%6E=S3CRET', true],
  ['https://host/repo.git?a=b;token=S3CRET', true],
  ['https://host/repo.git#access_token=S3CRET', true],
  ['https://host/repo.git?client_secret=S3CRET', true],
  ['https://host/repo.git?X-Amz-Signature=S3CRET', true],
  ['https://host/repo.git?subscription-key=S3CRET', true],
  ['https://host/repo.git?auth[token]=S3CRET', true],
  ['https://host/ghp%5f0123456789abcdef/repo.git', true],
  ['https://host/repo.git?depth=1', false],
  ['https://host/repo.git?%64epth=1', false],
  ['https://host/token/repo.git', false],
  ['ssh://git@host:22/x', false],
  ['ssh://host:22/x@y', false],
  ['git@host:x', false],
  ['/srv/git/x', false],
])('%s holds a password: %s', (address, expected) => {
  expect(hasPassword(address)).toBe(expected);
});
