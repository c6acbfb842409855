/**
 * The one table of the app API (DESIGN section 4, "One door"): the HTTP server, the desktop shell, the
 * command line, the OpenAPI document and the tests all read it. A handler that is missing does not compile.
 *
 * An input is one flat object: path parameters, query and JSON body together. Query and path values arrive as
 * text, so numbers and booleans of GET inputs are coerced.
 */
import { z } from 'zod';
import { settingsShape } from '../domain/settings.ts';
import { limits } from '../limits.ts';
import { embedderEndpoints } from './embedder-api.ts';
import { gitEndpoints } from './git-api.ts';
import { inboxEndpoints } from './inbox-api.ts';
import { knowledgeEndpoints } from './knowledge-api.ts';
import { lockEndpoints } from './lock-api.ts';
import { peerEndpoints } from './peer-endpoints.ts';
import { replicaEndpoints } from './replica-api.ts';
import {
  appSettingsShape,
  changeShape,
  consolidationShape,
  diffShape,
  doctorCheckShape,
  stampText,
  statusShape,
  trackedFileShape,
  triggerShape,
  workspaceShape,
} from './shapes.ts';

const flag = z.enum(['true', 'false', '1', '0']).transform((text) => text === 'true' || text === '1');
const whole = z.coerce.number().int();
/** Which workspace is meant; the first open one when absent. */
const workspace = z.string().max(64).optional();
const path = z.string().min(1).max(limits.ownPathCharacters);
/**
 * A version of a file: a stamp or its first 6 or more digits, `latest`, `latest~2` (two before),
 * a content checksum's beginning, or `@{2026-11-21T09:30}` style local time handled by the command line.
 */
const version = z.string().min(1).max(64);

const changeFilter = {
  workspace,
  /** Newest first; only changes whose position is lower. */
  before: whole.optional(),
  /** Only changes whose position is higher; then oldest first, for followers. */
  after: whole.optional(),
  limit: whole.min(1).max(1000).optional(),
  path: path.optional(),
  agent: z.string().max(100).optional(),
  kind: z.enum(['created', 'modified', 'deleted']).optional(),
  file_class: z.string().max(20).optional(),
  from_ms: whole.optional(),
  to_ms: whole.optional(),
  pending: flag.optional(),
  /** Stamp of a consolidation: the changes it folded. */
  consolidation: stampText.optional(),
};

const changePage = z.object({
  changes: z.array(changeShape),
  /** Pass as `before` (or `after`) for the next page; null at the end. */
  next: z.number().nullable(),
});

const consolidationOutcome = z.object({
  /** `nothing_pending` when there was nothing to do; no report is written then. */
  status: z.enum(['success', 'nothing_pending']),
  trigger: triggerShape,
  changes_consolidated: z.number(),
  consolidation: consolidationShape.nullable(),
});

export const endpoints = {
  getHealth: {
    method: 'GET',
    path: '/api/health',
    open: true,
    summary: 'Is the engine up',
    input: z.object({}),
    output: z.object({ status: z.literal('ok'), version: z.string(), name: z.literal('skein') }),
  },
  createSignInCode: {
    method: 'POST',
    path: '/api/sign-in/codes',
    summary: 'A code that signs one browser in, once: open the page with `#code=CODE` behind its address',
    input: z.object({}),
    output: z.object({ code: z.string(), valid_seconds: z.number() }),
  },
  signIn: {
    method: 'POST',
    path: '/api/sign-in',
    open: true,
    summary: 'Exchange a sign-in code for the token; the code is used up',
    input: z.object({ code: z.string().max(200) }),
    output: z.object({ token: z.string() }),
  },
  getStatus: {
    method: 'GET',
    path: '/api/sync/status',
    summary: 'State of one workspace',
    input: z.object({ workspace }),
    output: statusShape,
  },
  consolidate: {
    method: 'POST',
    path: '/api/sync/consolidate',
    summary: 'Fold all pending changes into one report now',
    input: z.object({ workspace }),
    output: consolidationOutcome,
  },
  listPending: {
    method: 'GET',
    path: '/api/sync/pending-changes',
    summary: 'Changes not yet consolidated, oldest first',
    input: z.object({ workspace, limit: whole.min(1).max(10_000).optional(), after: whole.optional() }),
    output: z.object({ count: z.number(), changes: z.array(changeShape), next: z.number().nullable() }),
  },
  listChecksums: {
    method: 'GET',
    path: '/api/sync/checksums',
    summary: 'Checksum of every tracked file that is on the disk',
    input: z.object({ workspace }),
    output: z.object({
      count: z.number(),
      checksums: z.record(
        z.string(),
        z.object({ checksum: z.string(), last_modified: z.string(), agent_owner: z.string() }),
      ),
    }),
  },
  pause: {
    method: 'POST',
    path: '/api/sync/pause',
    summary: 'Stop watching and consolidating until resumed',
    input: z.object({ workspace }),
    output: statusShape,
  },
  resume: {
    method: 'POST',
    path: '/api/sync/resume',
    summary: 'Watch again; what happened meanwhile is found',
    input: z.object({ workspace }),
    output: statusShape,
  },
  scan: {
    method: 'POST',
    path: '/api/sync/scan',
    summary: 'Compare every tracked file with the log now',
    input: z.object({ workspace }),
    output: z.object({ files: z.number(), changes: z.number(), duration_ms: z.number() }),
  },
  listChanges: {
    method: 'GET',
    path: '/api/changes',
    summary: 'The log, filtered and paged',
    input: z.object(changeFilter),
    output: changePage,
  },
  getChange: {
    method: 'GET',
    path: '/api/changes/:position',
    summary: 'One change with its neighbours in time',
    input: z.object({ workspace, position: whole }),
    output: z.object({
      change: changeShape,
      earlier: z.array(changeShape),
      later: z.array(changeShape),
      earlier_of_file: changeShape.nullable(),
      later_of_file: changeShape.nullable(),
    }),
  },
  getChangeDiff: {
    method: 'GET',
    path: '/api/changes/:position/diff',
    summary: 'What one change did to its file',
    input: z.object({ workspace, position: whole, context: whole.min(0).max(100_000).optional() }),
    output: diffShape,
  },
  listFiles: {
    method: 'GET',
    path: '/api/files',
    summary: 'Tracked files, and deleted ones that have history',
    input: z.object({ workspace }),
    output: z.object({ files: z.array(trackedFileShape) }),
  },
  listVersions: {
    method: 'GET',
    path: '/api/versions',
    summary: 'Versions of one file, newest first',
    input: z.object({ workspace, path, before: whole.optional(), limit: whole.min(1).max(1000).optional() }),
    output: changePage,
  },
  getContent: {
    method: 'GET',
    path: '/api/content',
    summary: 'The bytes of one version',
    input: z.object({ workspace, path, version: version.optional() }),
    output: z.object({
      change: changeShape,
      /** Text when the bytes are valid UTF-8, else base64. */
      encoding: z.enum(['utf-8', 'base64']),
      content: z.string(),
    }),
  },
  getDiff: {
    method: 'GET',
    path: '/api/diff',
    summary: 'Compare any two versions of a file; `to` defaults to the latest',
    input: z.object({
      workspace,
      path,
      from: version.optional(),
      to: version.optional(),
      context: whole.min(0).max(100_000).optional(),
    }),
    output: diffShape.extend({ from: changeShape.nullable(), to: changeShape }),
  },
  restore: {
    method: 'POST',
    path: '/api/restore',
    summary: 'Put a version back on the disk, as a new change',
    input: z.object({ workspace, path, version, agent: z.string().max(100).optional() }),
    output: z.object({ change: changeShape.nullable(), unchanged: z.boolean() }),
  },
  listConsolidations: {
    method: 'GET',
    path: '/api/consolidations',
    summary: 'History of consolidations, newest first',
    input: z.object({ workspace, before: whole.optional(), limit: whole.min(1).max(1000).optional() }),
    output: z.object({
      consolidations: z.array(consolidationShape),
      next: z.number().nullable(),
      total: z.number(),
    }),
  },
  getConsolidation: {
    method: 'GET',
    path: '/api/consolidations/:stamp',
    summary: 'One consolidation with its report',
    input: z.object({ workspace, stamp: z.string().min(6).max(32) }),
    output: z.object({ consolidation: consolidationShape, report: z.string() }),
  },
  undoConsolidation: {
    method: 'POST',
    path: '/api/consolidations/:stamp/undo',
    summary: 'Take a report out of the file; its changes are pending again',
    input: z.object({ workspace, stamp: stampText }),
    output: z.object({ consolidation: consolidationShape, changes_pending_again: z.number() }),
  },
  getActivity: {
    method: 'GET',
    path: '/api/activity',
    summary: 'Changes per day and agent',
    input: z.object({
      workspace,
      from_ms: whole.optional(),
      to_ms: whole.optional(),
      /** The viewer's IANA zone, such as Europe/Berlin: its days are 23 or 25 hours long where clocks change. */
      time_zone: z.string().max(64).optional(),
      /**
       * What the viewer's clock shows minus UTC: 120 in Paris in summer, -300 in New York in winter. Counts where there
       * is no zone, or none that is known here; days beyond the next clock change are an hour off then.
       */
      utc_offset_minutes: whole.min(-900).max(900).optional(),
    }),
    output: z.object({
      /** Days of the viewer, YYYY-MM-DD, oldest first, only days with changes. */
      days: z.array(z.object({ day: z.string(), changes_by_agent: z.record(z.string(), z.number()) })),
      agents: z.array(z.object({ agent: z.string(), changes: z.number() })),
    }),
  },
  getSettings: {
    method: 'GET',
    path: '/api/settings',
    summary: 'Settings in force, and where they come from',
    input: z.object({ workspace }),
    output: z.object({
      settings: settingsShape,
      /** Only what skein.json says. */
      from_file: z.record(z.string(), z.unknown()),
      file_exists: z.boolean(),
      /** A sentence with line and column when skein.json is broken; then `settings` are the last good ones. */
      problem: z.string().nullable(),
    }),
  },
  changeSettings: {
    method: 'PUT',
    path: '/api/settings',
    summary: 'Change keys of skein.json, keeping its comments; null removes a key',
    input: z.object({ workspace, changes: z.record(z.string(), z.unknown()) }),
    output: z.object({ settings: settingsShape }),
  },
  listWorkspaces: {
    method: 'GET',
    path: '/api/workspaces',
    summary: 'Open workspaces; an empty list means the welcome screen',
    input: z.object({}),
    output: z.object({
      workspaces: z.array(workspaceShape),
      recent: z.array(z.object({ folder: z.string(), name: z.string() })),
    }),
  },
  openWorkspace: {
    method: 'POST',
    path: '/api/workspaces',
    summary: 'Open a folder as a workspace',
    input: z.object({ folder: z.string().min(1).max(4096) }),
    output: workspaceShape,
  },
  openSample: {
    method: 'POST',
    path: '/api/workspaces/sample',
    summary: 'Make and open a sample workspace to try Skein on',
    input: z.object({}),
    output: workspaceShape,
  },
  closeWorkspace: {
    method: 'POST',
    path: '/api/workspaces/:id/close',
    summary: 'Stop watching a workspace; its history stays',
    input: z.object({ id: z.string().max(64) }),
    output: z.object({ closed: z.boolean() }),
  },
  listFolders: {
    method: 'GET',
    path: '/api/folders',
    summary: 'Sub-folders, for choosing a workspace in the browser',
    input: z.object({ folder: z.string().max(4096).optional() }),
    output: z.object({
      folder: z.string(),
      parent: z.string().nullable(),
      folders: z.array(z.object({ name: z.string(), folder: z.string(), repository: z.boolean() })),
    }),
  },
  getAppSettings: {
    method: 'GET',
    path: '/api/app-settings',
    summary: 'Settings of this installation',
    input: z.object({}),
    output: appSettingsShape,
  },
  changeAppSettings: {
    method: 'PUT',
    path: '/api/app-settings',
    summary: 'Change settings of this installation',
    input: appSettingsShape.partial(),
    output: appSettingsShape,
  },
  runDoctor: {
    method: 'GET',
    path: '/api/doctor',
    summary: 'Check what users trip over',
    input: z.object({}),
    output: z.object({ checks: z.array(doctorCheckShape) }),
  },
  ...inboxEndpoints,
  ...peerEndpoints,
  ...replicaEndpoints,
  ...lockEndpoints,
  ...gitEndpoints,
  ...knowledgeEndpoints,
  ...embedderEndpoints,
} as const satisfies Record<string, Endpoint>;

export type Endpoint = {
  method: 'GET' | 'POST' | 'PUT';
  path: string;
  summary: string;
  /** Needs no token. */
  open?: boolean;
  input: z.ZodObject;
  output: z.ZodType;
};
export type EndpointName = keyof typeof endpoints;
export type Input<Name extends EndpointName> = z.infer<(typeof endpoints)[Name]['input']>;
/** What a caller may pass before coercion and defaults. */
export type RawInput<Name extends EndpointName> = z.input<(typeof endpoints)[Name]['input']>;
export type Output<Name extends EndpointName> = z.infer<(typeof endpoints)[Name]['output']>;
