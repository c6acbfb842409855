/**
 * The agents that we know, and how each gives itself away: by the name of a file that it keeps, by the trailers
 * and authors of its commits, by its process. People are never taken for agents: Claude, Devin and Jules are first
 * names, and employees of a vendor write from its domain.
 */
import { unknownAgent } from './change.ts';

export type KnownAgent = {
  name: string;
  /** As a person reads it. */
  label: string;
  /** Words that together name the agent in the name of a file. */
  words?: readonly string[];
  /** Whole names, lower-case, under which it commits. */
  signs?: RegExp;
  /** Its addresses, lower-case. */
  address?: RegExp;
  /** Its program, without folder and `.exe`. */
  program?: RegExp;
  /** Part of the path of a script that is this agent, or the package that a runner such as npx starts. */
  script?: RegExp;
};
type Finding = { agent: string; detail: string };
export type CommitTraces = {
  authorName: string;
  authorEmail: string;
  message: string;
  trailers: readonly { key: string; value: string }[];
};

export const knownAgents: readonly KnownAgent[] = [
  {
    name: 'claude-code',
    label: 'Claude Code',
    words: ['claude'],
    signs: /^(?:anthropic )?claude(?:[ -](?:code|agent|ai|opus|sonnet|haiku|v?\d).*)?(?:\[bot\])?$/,
    address: /^(?:(?:noreply|claude|claude-code)@anthropic\.com|\d+\+claude\[bot\]@.*)$/,
    program: /^claude(?:-code)?$/,
    script: /\/@anthropic-ai\/claude-code\//,
  },
  {
    name: 'codex-cloud',
    label: 'Codex (cloud)',
    words: ['codex', 'cloud'],
    signs: /^(?:chatgpt-codex-connector(?:\[bot\])?|codex cloud)$/,
    address: /chatgpt-codex-connector/,
  },
  {
    name: 'codex-local',
    label: 'Codex',
    words: ['codex'],
    signs: /^(?:(?:openai|chatgpt) )?codex(?:[ -](?:cli|agent|ai|gpt|v?\d).*)?$/,
    address: /^(?:noreply|codex)@openai\.com$/,
    program: /^codex(?:-(?:x86_64|aarch64|linux)\b.*)?$/,
    script: /\/@openai\/codex\//,
  },
  {
    name: 'gemini-cli',
    label: 'Gemini CLI',
    words: ['gemini'],
    signs: /^(?:google )?gemini(?:[ -](?:cli|code|agent|ai|pro|flash|v?\d).*)?$/,
    address: /^(?:(?:noreply|gemini|gemini-cli)@google\.com|\d+\+gemini-.*\[bot\]@.*)$/,
    program: /^gemini(?:-cli)?$/,
    script: /\/@google\/gemini-cli\//,
  },
  {
    name: 'cursor',
    label: 'Cursor',
    words: ['cursor'],
    signs: /^cursor ?(?:agent|ai|bot|cli)?(?:\[bot\])?$/,
    address: /^(?:cursoragent|noreply|agent)@cursor\.(?:com|sh)$/,
    program: /^cursor-agent$/,
    script: /\/cursor-agent\//,
  },
  {
    name: 'copilot',
    label: 'GitHub Copilot',
    words: ['copilot'],
    signs: /^(?:(?:github )?copilot(?:[ -](?:agent|swe|chat|cli|coding).*)?|copilot\[bot\])$/,
    address: /^(?:\d+\+copilot(?:-swe-agent)?(?:\[bot\])?@users\.noreply\.github\.com|copilot@github\.com)$/,
    program: /^copilot$/,
    script: /\/@github\/copilot\//,
  },
  {
    name: 'aider',
    label: 'Aider',
    words: ['aider'],
    signs: /^(?:aider(?: .*)?|.*\(aider\))$/,
    address: /@aider\.chat$/,
    program: /^aider$/,
  },
  {
    name: 'devin',
    label: 'Devin',
    words: ['devin'],
    signs: /^devin(?:[ -]ai(?:[ -].*)?)?$/,
    address: /devin-ai-integration\[bot\]|^devin@(?:cognition(?:-labs)?\.(?:com|ai)|devin\.ai)$/,
  },
  {
    name: 'windsurf',
    label: 'Windsurf',
    words: ['windsurf'],
    signs: /^windsurf(?: (?:agent|ai|cascade|ide))?$/,
    address: /^(?:windsurf|cascade|noreply)@(?:codeium\.com|windsurf\.(?:ai|com))$/,
  },
  {
    name: 'amp',
    label: 'Amp',
    words: ['amp'],
    signs: /^(?:sourcegraph )?amp(?:[ -]?(?:code|agent))?$/,
    address: /^(?:amp|noreply)@ampcode\.com$/,
    program: /^amp$/,
    script: /\/@sourcegraph\/amp\//,
  },
  {
    name: 'opencode',
    label: 'opencode',
    words: ['opencode'],
    signs: /^opencode(?:[ -].*)?$/,
    address: /@opencode\.ai$|opencode-agent\[bot\]/,
    program: /^opencode$/,
    script: /\/opencode-ai\//,
  },
  {
    name: 'jules',
    label: 'Jules',
    words: ['jules'],
    signs: /^(?:jules(?: (?:ai|agent|bot))?|google-labs-jules(?:\[bot\])?)$/,
    address: /google-labs-jules\[bot\]/,
  },
  {
    name: 'cline',
    label: 'Cline',
    words: ['cline'],
    signs: /^cline(?: (?:bot|agent|ai))?$/,
    program: /^cline$/,
  },
  { name: 'human', label: 'Human' },
  { name: 'skein', label: 'Skein' },
  { name: unknownAgent, label: 'Unknown' },
];

/** What a file is called that an agent writes about its own work; reference/004 is French, so is `passation`. */
const ownWorkWords: ReadonlySet<string> = new Set(
  `sync passation handoff handover note notes journal log logs worklog changelog status progress report
  reports todo todos task tasks plan plans memory session sessions scratchpad diary board review reviews`.split(
    /\s+/,
  ),
);

/**
 * The agent that the file's own name names, such as AGENT_SYNC_CLAUDE.md. Instructions *for* an agent (CLAUDE.md,
 * everything in folders such as .claude) tell nothing about who writes them, and neither does a text *about* one
 * (codex-pricing.md); a name with two agents (claude-to-codex-notes.md) does not tell which of them wrote.
 */
export function agentFromFileName(path: string): Finding | undefined {
  const names = path.split('/');
  if (names.some((name) => name.startsWith('.'))) return undefined;
  const fileName = names.at(-1) ?? '';
  const words = new Set(
    fileName
      .replace(/([a-z])(?=[A-Z])/g, '$1 ')
      .toLowerCase()
      .match(/[a-z]+/g),
  );
  if (![...words].some((word) => ownWorkWords.has(word))) return undefined;
  const named = knownAgents.filter((agent) => agent.words?.every((word) => words.has(word)));
  const [first] = named;
  const isOneAgent = named.every((agent) => agent.words?.[0] === first?.words?.[0]);
  if (first === undefined || !isOneAgent) return undefined;
  return { agent: first.name, detail: `The file's name, ${clean(fileName)}, names ${first.label}.` };
}

/** How tools sign what they made, as a trailer or as the beginning of a line. */
const traceKeys: readonly string[] = [
  'co-authored-by',
  'assisted-by',
  'generated-by',
  'made-with',
  'ai-agent',
  'agent',
  'generated with',
  'generated by',
  'generated using',
];

/**
 * Who made a commit: its author when that is an agent, else the agent that a trailer or a line such as "Generated
 * with …" names, else the author as a person. Undefined for other robots and for commits without an author.
 */
export function agentFromTrailers(commit: CommitTraces): Finding | undefined {
  const author = clean(commit.authorName || commit.authorEmail);
  const byAuthor = agentBehind(commit.authorName, commit.authorEmail);
  if (byAuthor !== undefined) return { agent: byAuthor.name, detail: `The commit's author is ${author}.` };
  for (const { key, value } of tracesIn(commit)) {
    const [name, address] = splitIdentity(value);
    const agent = agentBehind(name, address);
    const text = clean(`${key}: ${value}`);
    if (agent !== undefined) return { agent: agent.name, detail: `The commit of ${author} says "${text}".` };
  }
  const isRobot = /\[bot\]|^(?:github-actions|dependabot|renovate)\b/i.test(commit.authorName);
  if (author === '' || isRobot || commit.authorEmail.includes('[bot]@')) return undefined;
  return { agent: 'human', detail: `The commit's author is ${author}, and it names no agent.` };
}

/** Trailers in which tools name themselves: those that git found, and those that a squash left in the message. */
function tracesIn(commit: CommitTraces): { key: string; value: string }[] {
  const [, ...lines] = commit.message.split('\n');
  const sentences = lines.flatMap((line) => {
    const trailer =
      /^\s*([\w-]+):(.*)/.exec(line) ??
      /^[^\p{L}]*(generated (?:with|by|using)) \[?([\w .()-]+)/iu.exec(line);
    return trailer ? [{ key: trailer[1] ?? '', value: (trailer[2] ?? '').trim() }] : [];
  });
  return [...commit.trailers, ...sentences].filter(({ key }) => traceKeys.includes(key.toLowerCase()));
}

/** Name and address of "Name <address>"; the address is empty when there is none. */
function splitIdentity(value: string): [name: string, address: string] {
  const start = value.lastIndexOf('<');
  if (start === -1) return [value, ''];
  return [value.slice(0, start).trim(), value.slice(start + 1).replace(/>.*/, '')];
}

/** The agent that signs by this name or address. The name counts first: wrong addresses are common in trailers. */
function agentBehind(name: string, address: string): KnownAgent | undefined {
  const sign = name.toLowerCase().replace(/:.*$/, '').replace(/\.$/, '').trim();
  const lowerAddress = address.toLowerCase().trim();
  const byName = knownAgents.find((agent) => agent.signs?.test(sign));
  if (byName !== undefined && !(isFirstName(sign) && isPersonal(lowerAddress, byName))) return byName;
  return knownAgents.find((agent) => agent.address?.test(lowerAddress));
}

const isFirstName = (sign: string): boolean => /^(?:claude|devin|jules|gemini)$/.test(sign);

/** An address that a person can be reached at, as far as one can tell from its form. */
function isPersonal(address: string, agent: KnownAgent): boolean {
  if (address === '' || agent.address?.test(address)) return false;
  return !/noreply|no-reply|\[bot\]|@[^.]*$|\.(?:local|localdomain|invalid|test|example)$|@example\./.test(
    address,
  );
}

/** Programs that run the script or package that their first argument names. */
const runners = /^(?:node|nodejs|bun|bunx|deno|npx|npm|pnpm|pnpx|yarn|tsx|python[\d.]*|pipx|uv|uvx)$/;
const runnerVerbs = /^(?:exec|dlx|x|tool|run)$/;
const optionsWithValue =
  /^-(?:r|e|c|p|C|X|W|-require|-import|-loader|-experimental-loader|-eval|-print|-package|-from)$/;

/**
 * The agent that a command line runs: by its program, or by the script that node, python, npx and their like
 * run. Arguments do not count: `vim CLAUDE.md` is no agent.
 */
export function agentFromProcess(command: string): string | undefined {
  const [program = '', ...rest] = [...command.matchAll(/"([^"]*)"|(\S+)/g)].map((it) => it[1] ?? it[2] ?? '');
  const byProgram = knownAgents.find((agent) => agent.program?.test(programName(program)));
  if (byProgram !== undefined || !runners.test(programName(program))) return byProgram?.name;
  const script = scriptAmong(rest);
  if (script === undefined) return undefined;
  const path = `/${script.replaceAll('\\', '/').replace(/(?<=[^/])@[^/]*$/, '')}/`;
  const byScript = (agent: KnownAgent) =>
    agent.script?.test(path) || agent.program?.test(programName(script));
  return knownAgents.find(byScript)?.name;
}

function scriptAmong(words: readonly string[]): string | undefined {
  return words.find((word, index) => {
    const isValue = optionsWithValue.test(words[index - 1] ?? '');
    return !word.startsWith('-') && !isValue && !runnerVerbs.test(word);
  });
}

function programName(path: string): string {
  return path.replace(/^.*[/\\]/, '').replace(/\.(?:exe|cmd)$/i, '');
}

/** The agent's name as a person reads it; names that a team made up stay as they are. */
export function agentLabel(name: string): string {
  return knownAgents.find((agent) => agent.name === name)?.label ?? name;
}

/** Text from outside, fit for one line of a sentence. */
function clean(text: string): string {
  const line = text.replace(/\p{C}+/gu, ' ').trim();
  return line.length > 100 ? `${line.slice(0, 100)}…` : line;
}
