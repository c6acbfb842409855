/** The endpoints for what waits for a person: conflicts between replicas, and instructions from other devices. */
import { z } from 'zod';
import { changeShape, stampText } from './shapes.ts';

const workspace = z.string().max(64).optional();
const path = z.string().min(1).max(1024);

export const conflictShape = z.object({
  file_path: z.string(),
  /** The version that the file was left with, and the one that is not in it. */
  winner: changeShape,
  loser: changeShape,
  at_ms: z.number(),
  state: z.enum(['open', 'resolved', 'dismissed']),
});
export type ConflictJson = z.infer<typeof conflictShape>;

/** Text of one version; null when it is a deletion, was collected, or is no text. */
const text = z.string().nullable();

export const inboxEndpoints = {
  listConflicts: {
    method: 'GET',
    path: '/api/conflicts',
    summary: 'Versions that lost against another one, newest first',
    input: z.object({ workspace, state: z.enum(['open', 'all']).optional() }),
    output: z.object({ conflicts: z.array(conflictShape), open: z.number() }),
  },
  getConflict: {
    method: 'GET',
    path: '/api/conflicts/:loser',
    summary: 'One conflict with the texts of all sides',
    input: z.object({ workspace, path, loser: stampText }),
    output: z.object({
      conflict: conflictShape,
      winner: text,
      loser: text,
      base: text,
      /** What the file holds now, and its SHA-256; null when there is no file. */
      current: text,
      current_checksum: z.string().nullable(),
    }),
  },
  resolveConflict: {
    method: 'POST',
    path: '/api/conflicts/:loser/resolve',
    summary: 'Keep the file, take the other version, write a text of both, or open the conflict again',
    input: z.object({
      workspace,
      path,
      loser: stampText,
      how: z.enum(['keep', 'take', 'write', 'reopen']),
      /** For `write`: what the file is to hold. */
      content: z.string().optional(),
      agent: z.string().max(100).optional(),
      /**
       * SHA-256 of what the file held when the person decided, null for no file; when absent, of the version that won.
       * What was written since is merged with the decision, or refuses it.
       */
      seen: z.string().max(64).nullable().optional(),
    }),
    output: z.object({ change: changeShape.nullable() }),
  },
  listApprovals: {
    method: 'GET',
    path: '/api/approvals',
    summary: 'Changes of instruction files from other devices that wait for approval, oldest first',
    input: z.object({ workspace }),
    output: z.object({ changes: z.array(changeShape) }),
  },
  decideApprovals: {
    method: 'POST',
    path: '/api/approvals',
    summary:
      'Approve changes that wait, with what they stand on, reject them, with what stands on them, or let rejected ones wait again',
    input: z.object({
      workspace,
      stamps: z.array(stampText).min(1).max(1000),
      verdict: z.enum(['approve', 'reject', 'wait']),
    }),
    /** `also`: of the decided ones, those that nobody named. */
    output: z.object({ decided: z.number(), also: z.array(stampText) }),
  },
} as const;
