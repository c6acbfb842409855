/** One colour and one icon per agent, everywhere. Names we do not know get theirs from their letters, always the same. */
import Asterisk from '@lucide/svelte/icons/asterisk';
import Bot from '@lucide/svelte/icons/bot';
import CircleQuestionMark from '@lucide/svelte/icons/circle-question-mark';
import Cloud from '@lucide/svelte/icons/cloud';
import Diamond from '@lucide/svelte/icons/diamond';
import Hexagon from '@lucide/svelte/icons/hexagon';
import MousePointer2 from '@lucide/svelte/icons/mouse-pointer-2';
import Octagon from '@lucide/svelte/icons/octagon';
import Orbit from '@lucide/svelte/icons/orbit';
import Plane from '@lucide/svelte/icons/plane';
import Shapes from '@lucide/svelte/icons/shapes';
import Sparkle from '@lucide/svelte/icons/sparkle';
import Spool from '@lucide/svelte/icons/spool';
import Squircle from '@lucide/svelte/icons/squircle';
import Terminal from '@lucide/svelte/icons/terminal';
import Triangle from '@lucide/svelte/icons/triangle';
import UserRound from '@lucide/svelte/icons/user-round';
import Wind from '@lucide/svelte/icons/wind';

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
export type AgentLook = { tone: AgentTone; icon: typeof Bot };

const looksByAgent: Readonly<Record<string, AgentLook>> = {
  'claude-code': { tone: 'clay', icon: Asterisk },
  'codex-local': { tone: 'teal', icon: Terminal },
  'codex-cloud': { tone: 'violet', icon: Cloud },
  codex: { tone: 'teal', icon: Terminal },
  'gemini-cli': { tone: 'sky', icon: Sparkle },
  cursor: { tone: 'plum', icon: MousePointer2 },
  copilot: { tone: 'moss', icon: Plane },
  windsurf: { tone: 'rose', icon: Wind },
  human: { tone: 'gold', icon: UserRound },
  skein: { tone: 'ink', icon: Spool },
  unknown: { tone: 'slate', icon: CircleQuestionMark },
};

const spareTones = ['moss', 'rose', 'gold', 'plum', 'brick', 'sky', 'violet'] as const;
const spareIcons = [Bot, Hexagon, Triangle, Diamond, Octagon, Orbit, Shapes, Squircle] as const;

/** FNV-1a: spreads similar names far apart. */
function spread(name: string): number {
  let hash = 0x811c9dc5;
  for (const character of name) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return hash >>> 0;
}

export function lookOf(agent: string): AgentLook {
  const known = looksByAgent[agent];
  if (known !== undefined) return known;
  const hash = spread(agent);
  return {
    tone: spareTones[hash % spareTones.length] ?? 'slate',
    icon: spareIcons[Math.floor(hash / 7) % spareIcons.length] ?? Bot,
  };
}
