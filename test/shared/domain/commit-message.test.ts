import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { agentFromTrailers } from '../../../shared/domain/agents.ts';
import {
  cleanMessage,
  commitMessage,
  messageOfNotes,
  subjectOf,
} from '../../../shared/domain/commit-message.ts';

describe('a subject', () => {
  test('is the first line, without the marks of a heading', () => {
    expect(subjectOf('\n## The parser\n\nwants a test')).toBe('The parser');
  });

  test('is the first line that says something', () => {
    expect(subjectOf('# \n\nheading?')).toBe('heading?');
    expect(subjectOf('#\n##\r\n \u0001 \nThird')).toBe('Third');
    expect(subjectOf('# \n')).toBe('');
  });

  test('is cut where lists of commits would cut it', () => {
    const subject = subjectOf(`${'word '.repeat(40)}`);
    expect(subject.length).toBeLessThanOrEqual(72);
    expect(subject).toMatch(/word…$/);
  });
});

describe('a message', () => {
  test('of notes is never empty', () => {
    expect(messageOfNotes(['#'], 'human')).toBe('Note\n');
    expect(messageOfNotes(['#', 'Two'], 'human')).toBe('Notes: 2 at once\n\n- Note\n- Two\n');
  });

  test('of a person is what they wrote', () => {
    expect(commitMessage('  Why\n\nBecause.\n', 'human')).toBe('Why\n\nBecause.\n');
    expect(commitMessage('Fold', 'skein')).toBe('Fold\n');
  });

  test.each(['claude-code', 'codex-local', 'gemini-cli'])('of %s is known for its own', (agent) => {
    const message = commitMessage('Tidy', agent);
    const [, name = '', address = ''] = /^Co-Authored-By: (.+) <(.+)>$/m.exec(message) ?? [];
    const trailers = [{ key: 'co-authored-by', value: `${name} <${address}>` }];
    const traces = { authorName: 'Ada', authorEmail: 'ada@example.org', message, trailers };
    expect(agentFromTrailers(traces)?.agent).toBe(agent);
  });

  test('takes no other line or address from a name', () => {
    expect(commitMessage('Tidy', 'a\nSigned-off-by: B <b@c.d>')).toBe(
      'Tidy\n\nCo-Authored-By: a Signed-off-by: B b@c.d <a-signed-off-by-b-b-c-d-@agents.invalid>\n',
    );
  });
});

test.each([
  'One\n',
  '\n\n One \t\n\n\n\nTwo\r\n   \n',
  'One\nTwo',
  '\n \n',
  '',
  '# not a comment\n\n- a\n\n\n- b\n\n',
])('a message is cleaned as git does it: %j', (text) => {
  expect(cleanMessage(text)).toBe(execFileSync('git', ['stripspace'], { input: text, encoding: 'utf8' }));
});
