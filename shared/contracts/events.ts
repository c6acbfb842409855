/**
 * Server-sent events of GET /api/events. They say *that* something changed; a query says *what*
 * (DESIGN section 4). Each message: `event: changed`, `data:` this JSON. `event: ping` every 15 s.
 */
import { z } from 'zod';

export const topics = [
  'status',
  'changes',
  'consolidations',
  'files',
  'settings',
  'peers',
  'inbox',
  'lock',
  'git',
  'knowledge',
  'workspaces',
  'app-settings',
] as const;
export type Topic = (typeof topics)[number];
export const changedEvent = z.object({ workspace: z.string().nullable(), topics: z.array(z.enum(topics)) });
export type ChangedEvent = z.infer<typeof changedEvent>;
