/** The messages of commits that Skein makes, in the form that git and its services read. */
import { agentLabel } from './agents.ts';

/** Characters of a subject: what lists of commits show. */
const subjectCharacters = 72;

/** The first line that says something, cut where lists of commits would cut it; '' when none does. */
export function subjectOf(text: string): string {
  const plain = text.split(/\r?\n/).map(plainLine).find(Boolean) ?? '';
  if (plain.length <= subjectCharacters) return plain;
  const cut = plain.slice(0, subjectCharacters - 1);
  // At the end of a word, where there is one.
  return `${cut.replace(/\s+\S*$/, '')}…`;
}

const plainLine = (line: string): string =>
  line
    .trim()
    .replace(/^#+\s*/, '')
    .replace(/\p{Cc}/gu, ' ')
    .trim();

/** A text whose first line is the subject, and who wrote it: a person is the author already. */
export const commitMessage = (text: string, agent: string): string =>
  `${[text.trim(), ...coAuthor(agent)].join('\n\n')}\n`;

/** The message of one commit of an agent's notes: a single one is the subject itself. */
export function messageOfNotes(texts: readonly string[], agent: string): string {
  const subjects = texts.map((text) => subjectOf(text) || 'Note');
  const [only = ''] = subjects;
  if (subjects.length === 1) return commitMessage(only, agent);
  const list = subjects.map((subject) => `- ${subject}`).join('\n');
  return commitMessage(`Notes: ${subjects.length} at once\n\n${list}`, agent);
}

/** As git leaves a message (`git stripspace`): no blanks at the ends of lines, no two empty lines, one line end. */
export function cleanMessage(text: string): string {
  const lines = text.split('\n').map((line) => line.replace(/[ \t\r\v\f]+$/, ''));
  const kept = lines.filter((line, index) => line !== '' || (index > 0 && lines[index - 1] !== ''));
  const words = kept.join('\n').replace(/^\n+|\n+$/g, '');
  return words === '' ? '' : `${words}\n`;
}

/** Addresses under which agents sign their commits themselves; nobody reads the others. */
const addresses: Readonly<Record<string, string>> = {
  'claude-code': 'noreply@anthropic.com',
  'codex-local': 'noreply@openai.com',
  'codex-cloud': 'noreply@openai.com',
};

/** A name is not to end the line, or to look like an address. */
export const nameInLine = (name: string): string =>
  name
    .replace(/[\p{Cc}<>]+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();

const withoutTrailer = new Set(['human', 'unknown', 'skein']);

/** The trailer by which git, its services and Skein know who wrote a commit; none for a person, and what Skein folds has authors. */
function coAuthor(agent: string): string[] {
  if (withoutTrailer.has(agent)) return [];
  const name = nameInLine(agentLabel(agent));
  const address = addresses[agent] ?? `${agent.toLowerCase().replace(/[^a-z0-9-]+/g, '-')}@agents.invalid`;
  return [`Co-Authored-By: ${name} <${address}>`];
}
