/** What must not outlive this process when it ends at once: for a person who presses Ctrl+C again. */
const works = new Set<() => void>();

/** Does the work, which cannot wait for anything, when the process exits. Returns how to have it left undone. */
export function atExit(work: () => void): () => void {
  if (works.size === 0) process.on('exit', workOff);
  works.add(work);
  return () => {
    works.delete(work);
    if (works.size === 0) process.off('exit', workOff);
  };
}

function workOff(): void {
  for (const work of works) work();
}
