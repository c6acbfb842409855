/** Where a popover goes: under its button, or above it when there is no room, never outside the window. */
export type Box = { left: number; top: number; right: number; bottom: number };
export type Size = { width: number; height: number };

const gapPixels = 6;
const edgePixels = 8;

export function placePopover(
  anchor: Box,
  popover: Size,
  window: Size,
  align: 'start' | 'end',
): { left: number; top: number } {
  const wantedLeft = align === 'start' ? anchor.left : anchor.right - popover.width;
  const mostLeft = window.width - popover.width - edgePixels;
  const below = anchor.bottom + gapPixels;
  const above = anchor.top - gapPixels - popover.height;
  const fitsBelow = below + popover.height <= window.height - edgePixels;
  return {
    left: Math.max(edgePixels, Math.min(wantedLeft, mostLeft)),
    top: fitsBelow || above < edgePixels ? below : above,
  };
}
