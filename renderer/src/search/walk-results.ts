/**
 * Walking by arrow keys: what can be stopped at is marked with `data-stop`, the field and the link of each result, inside
 * something marked with `data-walk`.
 */

/** Where a key leads from an element; undefined where it has another meaning, or there is nothing further. */
export function nextStop(from: Element, key: string): HTMLElement | undefined {
  const step = { ArrowDown: 1, ArrowUp: -1 }[key];
  const here = from.closest('[data-stop]') ?? from.closest('li')?.querySelector('[data-stop]');
  if (step === undefined || here == null) return undefined;
  const stops = [...(from.closest('[data-walk]')?.querySelectorAll<HTMLElement>('[data-stop]') ?? [])];
  return stops[stops.indexOf(here as HTMLElement) + step];
}

/** Goes there, with the whole result in sight. */
export function stopAt(stop: HTMLElement | undefined): void {
  stop?.focus({ preventScroll: true });
  (stop?.closest('li') ?? stop)?.scrollIntoView({ block: 'nearest' });
}

/** For `onkeydown` of what is marked with `data-walk`. */
export function walkByKey(event: KeyboardEvent): void {
  const isPlain = !event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.isComposing;
  const next = isPlain ? nextStop(event.target as Element, event.key) : undefined;
  if (next === undefined) return;
  event.preventDefault();
  stopAt(next);
}
