/** The drawings as SVG texts: the application's icon, and the small marks of the tray. */
import {
  besidesUnder,
  type Loop,
  overCrossing,
  type Reach,
  strandPath,
  underCrossing,
  wholeLoop,
} from './loop-shape.ts';

/** How much of the icon is drawn: below 48 pixels five threads would run into one grey. */
type Detail = { colours: readonly string[]; gap: number; width: number; margin: number; loop: Loop };

/** One thread for each agent; they run side by side and stay themselves. */
const fine: Detail = {
  colours: ['#ff8f6b', '#ffc55c', '#f8f4ea', '#5fd3b5', '#82b4ff'],
  gap: 29,
  width: 21.5,
  // The margin that macOS expects around an icon.
  margin: 100,
  loop: { centre: 512, radius: 300, plumpness: 1.24 },
};
const coarse: Detail = {
  colours: ['#ff9a70', '#f8f4ea', '#6fdcc0'],
  gap: 72,
  width: 62,
  margin: 24,
  loop: { centre: 512, radius: 350, plumpness: 1.24 },
};
/** Radians around the crossing that are drawn apart; further out, the two ways no longer touch. */
const crossingReach = 0.62;

/** The application's icon on 1024 units, drawn for a size in pixels. */
export function appIcon(pixels: number): string {
  const detail = pixels < 48 ? coarse : fine;
  const { loop, gap, width, colours } = detail;
  const over = strandPath(loop, 0, overCrossing(crossingReach));
  const bundleWidth = gap * (colours.length - 1) + width;
  const white = colours.map(() => '#fff');
  return svg(
    1024,
    `<defs>
      <linearGradient id="ground" x1="0" y1="0" x2="0.35" y2="1">
        <stop offset="0" stop-color="#3b4fb8"/><stop offset="0.55" stop-color="#27337f"/><stop offset="1" stop-color="#171d4c"/>
      </linearGradient>
      <filter id="soft" x="-50%" y="-50%" width="200%" height="200%"><feGaussianBlur stdDeviation="20"/></filter>
      <filter id="drop" x="-20%" y="-20%" width="140%" height="140%">
        <feDropShadow dx="0" dy="10" stdDeviation="14" flood-color="#0b0f2e" flood-opacity="0.45"/>
      </filter>
      <mask id="gap" maskUnits="userSpaceOnUse" x="0" y="0" width="1024" height="1024">
        <rect width="1024" height="1024" fill="#fff"/>
        <path d="${over}" fill="none" stroke="#000" stroke-width="${bundleWidth + width}"/>
      </mask>
      <mask id="under" maskUnits="userSpaceOnUse" x="0" y="0" width="1024" height="1024">
        <g mask="url(#gap)">${strands(detail, underCrossing(crossingReach), white)}</g>
      </mask>
    </defs>
    ${ground(detail.margin)}
    <g filter="url(#drop)">
      <g mask="url(#gap)">${strands(detail, underCrossing(crossingReach), colours)}</g>
      ${strands(detail, besidesUnder(crossingReach - 0.01), colours)}
    </g>
    <g mask="url(#under)">
      <path d="${over}" fill="none" stroke="#0b0f2e" stroke-opacity="0.6" stroke-width="${bundleWidth + 26}" filter="url(#soft)"/>
    </g>
    ${strands(detail, overCrossing(0.3), colours)}`,
  );
}

function ground(margin: number): string {
  const side = 1024 - 2 * margin;
  const round = side * 0.226;
  return `<rect x="${margin}" y="${margin}" width="${side}" height="${side}" rx="${round}" fill="url(#ground)"/>
    <rect x="${margin + 2}" y="${margin + 2}" width="${side - 4}" height="${side - 4}" rx="${round - 2}" fill="none" stroke="#fff" stroke-opacity="0.12" stroke-width="4"/>`;
}

function strands({ loop, gap, width }: Detail, reach: Reach, colours: readonly string[]): string {
  const middle = (colours.length - 1) / 2;
  return colours
    .map((colour, index) => {
      const path = strandPath(loop, (index - middle) * gap, reach);
      return `<path d="${path}" fill="none" stroke="${colour}" stroke-width="${width}"/>`;
    })
    .join('');
}

export const trayStates = ['watching', 'apart', 'pending', 'attention', 'error', 'paused'] as const;
export type TrayState = (typeof trayStates)[number];

/** `template`: black on nothing, for macOS to colour; `colour`: readable on light and on dark panels. */
export type TrayStyle = 'template' | 'colour';
const inks: Record<TrayStyle, Record<TrayState, { loop: string; badge: string }>> = {
  template: {
    watching: { loop: '#000', badge: '#000' },
    apart: { loop: '#000', badge: '#000' },
    pending: { loop: '#000', badge: '#000' },
    attention: { loop: '#000', badge: '#000' },
    error: { loop: '#000', badge: '#000' },
    paused: { loop: '#000', badge: '#000' },
  },
  colour: {
    watching: { loop: '#5b7cf5', badge: '#5b7cf5' },
    apart: { loop: '#5b7cf5', badge: '#8b93a7' },
    pending: { loop: '#5b7cf5', badge: '#f0a020' },
    attention: { loop: '#5b7cf5', badge: '#e8702a' },
    error: { loop: '#5b7cf5', badge: '#e5484d' },
    paused: { loop: '#8b93a7', badge: '#8b93a7' },
  },
};

/** A mark of the tray on 16 units. The badge cuts its own space out of the loop, so that both stay readable. */
export function trayIcon(state: TrayState, style: TrayStyle): string {
  const loop: Loop = { centre: 8, radius: 7.1, plumpness: 1.3 };
  const ink = inks[style][state];
  const badge = badges[state];
  return svg(
    16,
    `<defs>
      <mask id="gap" maskUnits="userSpaceOnUse" x="0" y="0" width="16" height="16">
        <rect width="16" height="16" fill="#fff"/>
        <path d="${strandPath(loop, 0, overCrossing(0.42))}" fill="none" stroke="#000" stroke-width="3.6"/>
      </mask>
      <mask id="room" maskUnits="userSpaceOnUse" x="0" y="0" width="16" height="16">
        <rect width="16" height="16" fill="#fff"/><g fill="#000" stroke="#000">${badge.room}</g>
      </mask>
    </defs>
    <g mask="url(#room)" fill="none" stroke="${ink.loop}" stroke-width="1.7">
      <g mask="url(#gap)"><path d="${strandPath(loop, 0, wholeLoop)}"/></g>
      <path d="${strandPath(loop, 0, overCrossing(0.55))}"/>
    </g>
    <g fill="${ink.badge}" stroke="none">${badge.shape}</g>`,
  );
}

const badges: Record<TrayState, { room: string; shape: string }> = {
  watching: { room: '', shape: '' },
  pending: {
    room: '<circle cx="12.4" cy="12.4" r="4.4" stroke="none"/>',
    shape: '<circle cx="12.4" cy="12.4" r="3.1"/>',
  },
  // A ring that does not close: somebody is missing.
  apart: {
    room: '<circle cx="12.4" cy="12.4" r="4.4" stroke="none"/>',
    shape: '<path fill-rule="evenodd" d="M12.4 9.3a3.1 3.1 0 1 0 3.1 3.1h-1.5a1.6 1.6 0 1 1 -1.6 -1.6z"/>',
  },
  attention: {
    room: '<path d="M12.2 6.6 17.6 12 12.2 17.4 6.8 12z" stroke="none"/>',
    shape: '<path d="M12.2 8.2 16 12 12.2 15.8 8.4 12z"/>',
  },
  error: {
    room: '<circle cx="12.4" cy="12" r="4.6" stroke="none"/>',
    shape: '<rect x="11.4" y="7.9" width="2" height="4.9" rx="0.9"/><circle cx="12.4" cy="14.6" r="1.2"/>',
  },
  paused: {
    room: '<circle cx="12.3" cy="12.2" r="4.6" stroke="none"/>',
    shape:
      '<rect x="9.8" y="9" width="2" height="6.4" rx="0.6"/><rect x="13" y="9" width="2" height="6.4" rx="0.6"/>',
  },
};

const svg = (units: number, content: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${units} ${units}" width="100%" height="100%"><title>Skein</title>${content}</svg>`;
