/** The part of the endpoint table that is about other worktrees and clones of a workspace on this machine. */
import { z } from 'zod';
import { settingsShape } from '../domain/settings.ts';
import { problemShape } from './shapes.ts';

const workspace = z.string().max(64).optional();
const share = settingsShape.shape.share.unwrap();

/**
 * `open`: it is open here, and linked; `offered`: opening it links it; `hidden`: offered, and the user wants to see it
 * no more.
 */
const replicaStates = ['open', 'offered', 'hidden'] as const;

export const replicaShape = z.object({
  /** Once it is open, also the id of its workspace (`/api/workspaces`). */
  id: z.string(),
  folder: z.string(),
  name: z.string(),
  kind: z.enum(['worktree', 'clone']),
  /** What a worktree has checked out; null for none, and for clones. */
  branch: z.string().nullable(),
  state: z.enum(replicaStates),
  /** The next three mean something only while it is open: how the two exchange, and what is left to take and give. */
  share,
  behind: z.number(),
  ahead: z.number(),
  /** Changes there that no consolidation folded. */
  pending: z.number(),
  last_exchange_ms: z.number().nullable(),
  problem: problemShape.nullable(),
});
export type ReplicaJson = z.infer<typeof replicaShape>;

export const replicasShape = z.object({
  /** `staged` as soon as one of the replicas says so in its skein.json. */
  share,
  replicas: z.array(replicaShape),
});
export type ReplicasJson = z.infer<typeof replicasShape>;

export const replicaEndpoints = {
  listReplicas: {
    method: 'GET',
    path: '/api/replicas',
    summary: 'Other worktrees and clones of the workspace on this machine: open, offered or hidden',
    input: z.object({ workspace }),
    output: replicasShape,
  },
  hideReplica: {
    method: 'POST',
    path: '/api/replicas/:id/hide',
    summary: 'Offer a worktree or clone no more; `hidden` false offers it again',
    input: z.object({ id: z.string().regex(/^[0-9a-f]{16}$/), hidden: z.boolean().optional() }),
    output: z.object({ hidden: z.boolean() }),
  },
  shareReplicas: {
    method: 'PUT',
    path: '/api/replicas/share',
    summary:
      'Whether the replicas of this machine exchange each change at once, or only what a consolidation folded',
    input: z.object({ workspace, share }),
    output: replicasShape,
  },
} as const;
