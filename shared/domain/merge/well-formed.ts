/** What a text of a kind must hold to: what no version breaks, a merge must not break either. */
import { kindOf } from './line-kinds.ts';

/** What is wrong with a text, in words; empty when nothing is. */
export function faultsOf(path: string, lines: readonly string[]): string[] {
  if (/\.(?:jsonl|ndjson)$/i.test(path)) return lines.every(isRecord) ? [] : ['a line is no JSON'];
  if (/\.json$/i.test(path)) return parses(lines.join('\n')) ? [] : ['the file is no JSON'];
  if (/\.ya?ml$/i.test(path)) return yamlFaults(lines);
  return markdownFaults(lines);
}

function isRecord(line: string): boolean {
  return line.trim() === '' || parses(line);
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function markdownFaults(lines: readonly string[]): string[] {
  const faults: string[] = [];
  if (hasOpenFence(lines)) faults.push('a code fence stays open');
  const head = frontMatter(lines);
  if (lines[0]?.trimEnd() === '---' && head === undefined) faults.push('the front matter does not end');
  if (head !== undefined) faults.push(...yamlFaults(head));
  if (hasBrokenTable(lines)) faults.push('a table has no head');
  return faults;
}

function hasOpenFence(lines: readonly string[]): boolean {
  let open = '';
  for (const line of lines) {
    const mark = /^\s*(`{3,}|~{3,})(.*)$/.exec(line);
    const fence = mark?.[1] ?? '';
    if (fence === '') continue;
    if (open === '') open = fence;
    else if (fence.startsWith(open) && mark?.[2]?.trim() === '') open = '';
  }
  return open !== '';
}

function frontMatter(lines: readonly string[]): readonly string[] | undefined {
  if (lines[0]?.trimEnd() !== '---') return undefined;
  const end = lines.findIndex((line, index) => index > 0 && line.trimEnd() === '---');
  return end < 0 ? undefined : lines.slice(1, end);
}

/** Names that stand twice at the top are the fault that merges make. */
function yamlFaults(lines: readonly string[]): string[] {
  const names = lines.flatMap((line) => /^([\p{L}_][\p{L}\p{N}_.-]*):(?:\s|$)/u.exec(line)?.[1] ?? []);
  return new Set(names).size === names.length ? [] : ['a name stands twice'];
}

/** A divider belongs under the head of its table, and there only. */
function hasBrokenTable(lines: readonly string[]): boolean {
  return lines.some((line, index) => {
    if (kindOf(line) !== 'divider') return false;
    const above = kindOf(lines[index - 1] ?? '');
    return above === 'divider' || (above === 'row' && kindOf(lines[index - 2] ?? '') === 'row');
  });
}
