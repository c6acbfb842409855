/** The messages of commits that Skein makes, in the form that git and its services read. */
import { agentLabel } from './agents.ts';

/** Characters of a subject: what lists of commits show. */
const subjectCharacters = 72;

/** The first line of a text, cut where lists of commits would cut it. */
export function subjectOf(text: string): string {
  const [line = ''] = text.trim().split(/\r?\n/, 1);
  const plain = line
    .replace(/^#+\s*/, '')
    .replace(/\p{Cc}/gu, ' ')
    .trim();
  return plain.length <= subjectCharacters ? plain : `${plain.slice(0, subjectCharacters - 1).trimEnd()}…`;
}

/** A subject, what there is to say besides, and who wrote it: a person is the author already. */
export function commitMessage(subject: string, body: string, agent: string): string {
  const parts = [subjectOf(subject), body.trim(), ...coAuthor(agent)];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** Addresses under which agents sign their commits themselves; nobody reads the others. */
const addresses: Readonly<Record<string, string>> = {
  'claude-code': 'noreply@anthropic.com',
  'codex-local': 'noreply@openai.com',
  'codex-cloud': 'noreply@openai.com',
};

/** The trailer by which git, its services and Skein know who wrote a commit; none for a person. */
function coAuthor(agent: string): string[] {
  if (agent === 'human' || agent === 'unknown') return [];
  const address = addresses[agent] ?? `${agent}@agents.invalid`;
  return [`Co-Authored-By: ${agentLabel(agent)} <${address}>`];
}
