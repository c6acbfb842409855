/** One colour and one icon per agent, everywhere. Names we do not know get theirs from their letters, always the same. */
import type { GlyphName } from '../ui/glyphs.ts';

export type AgentTone =
  | 'clay'
  | 'moss'
  | 'teal'
  | 'sky'
  | 'violet'
  | 'rose'
  | 'gold'
  | 'plum'
  | 'brick'
  | 'slate'
  | 'ink';
export type AgentLook = { tone: AgentTone; glyph: GlyphName };

const looksByAgent: Readonly<Record<string, AgentLook>> = {
  'claude-code': { tone: 'clay', glyph: 'asterisk' },
  'codex-local': { tone: 'teal', glyph: 'terminal' },
  'codex-cloud': { tone: 'violet', glyph: 'cloud' },
  codex: { tone: 'teal', glyph: 'terminal' },
  'gemini-cli': { tone: 'sky', glyph: 'sparkle' },
  cursor: { tone: 'plum', glyph: 'mouse-pointer-2' },
  copilot: { tone: 'moss', glyph: 'plane' },
  windsurf: { tone: 'rose', glyph: 'wind' },
  human: { tone: 'gold', glyph: 'user-round' },
  skein: { tone: 'ink', glyph: 'spool' },
  git: { tone: 'brick', glyph: 'git-branch' },
  unknown: { tone: 'slate', glyph: 'circle-question-mark' },
};

const spareTones = ['moss', 'rose', 'gold', 'plum', 'brick', 'sky', 'violet'] as const;
const spareGlyphs = [
  'bot',
  'hexagon',
  'triangle',
  'diamond',
  'octagon',
  'orbit',
  'shapes',
  'squircle',
] as const;

/** FNV-1a: spreads similar names far apart. */
function spread(name: string): number {
  let hash = 0x811c9dc5;
  for (const character of name) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return hash >>> 0;
}

export function lookOf(agent: string): AgentLook {
  const known = Object.hasOwn(looksByAgent, agent) ? looksByAgent[agent] : undefined;
  if (known !== undefined) return known;
  const hash = spread(agent);
  return {
    tone: spareTones[hash % spareTones.length] ?? 'slate',
    glyph: spareGlyphs[Math.floor(hash / 7) % spareGlyphs.length] ?? 'bot',
  };
}
