/** The icons that long lists repeat thousands of times: drawn once as symbols, used by name. */
import Asterisk from '@lucide/svelte/icons/asterisk';
import Bot from '@lucide/svelte/icons/bot';
import CircleQuestionMark from '@lucide/svelte/icons/circle-question-mark';
import Cloud from '@lucide/svelte/icons/cloud';
import Diamond from '@lucide/svelte/icons/diamond';
import Hexagon from '@lucide/svelte/icons/hexagon';
import Minus from '@lucide/svelte/icons/minus';
import MousePointer2 from '@lucide/svelte/icons/mouse-pointer-2';
import Octagon from '@lucide/svelte/icons/octagon';
import Orbit from '@lucide/svelte/icons/orbit';
import Pencil from '@lucide/svelte/icons/pencil';
import Plane from '@lucide/svelte/icons/plane';
import Plus from '@lucide/svelte/icons/plus';
import Shapes from '@lucide/svelte/icons/shapes';
import Sparkle from '@lucide/svelte/icons/sparkle';
import Spool from '@lucide/svelte/icons/spool';
import Squircle from '@lucide/svelte/icons/squircle';
import Terminal from '@lucide/svelte/icons/terminal';
import Triangle from '@lucide/svelte/icons/triangle';
import UserRound from '@lucide/svelte/icons/user-round';
import Wind from '@lucide/svelte/icons/wind';

export const glyphs = {
  asterisk: Asterisk,
  bot: Bot,
  'circle-question-mark': CircleQuestionMark,
  cloud: Cloud,
  diamond: Diamond,
  hexagon: Hexagon,
  minus: Minus,
  'mouse-pointer-2': MousePointer2,
  octagon: Octagon,
  orbit: Orbit,
  pencil: Pencil,
  plane: Plane,
  plus: Plus,
  shapes: Shapes,
  sparkle: Sparkle,
  spool: Spool,
  squircle: Squircle,
  terminal: Terminal,
  triangle: Triangle,
  'user-round': UserRound,
  wind: Wind,
} as const;
export type GlyphName = keyof typeof glyphs;
