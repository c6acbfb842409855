/** skein.json: the settings of one workspace, kept in the workspace so that a team shares them. */
import { z } from 'zod';
import { fileClasses } from './change.ts';

export const conflictStrategies = ['merge', 'last-writer-wins', 'prefer-local', 'prefer-remote'] as const;
export type ConflictStrategy = (typeof conflictStrategies)[number];

const pattern = z.string().min(1).max(300);
const agentName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,49}$/, 'use lower-case letters, digits and hyphens, for example claude-code');

/** No option, no path upwards, nothing that git would read as more than a name. */
const gitName = z
  .string()
  .max(200)
  .regex(
    /^(?![-./])(?!.*\.\.)[^\s~^:?*[\\\p{Cc}]+$/u,
    'use the name of a remote or branch, for example origin',
  );

/** What may stand in skein.json; every key is optional there and gets the default given here. */
export const settingsShape = z.strictObject({
  $schema: z.string().optional(),
  /** Patterns to track besides the defaults, each with the class of its files. */
  track: z
    .array(z.strictObject({ pattern, class: z.enum(fileClasses).default('note') }))
    .max(500)
    .default([]),
  /** Patterns never to track, and folders never to enter. They win over everything. */
  ignore: z.array(pattern).max(500).default([]),
  /** False drops the default patterns; then only `track` counts. */
  defaults: z.boolean().default(true),
  /** Who owns the files of a pattern, when nothing better tells who wrote; the first match counts. */
  owners: z
    .array(z.strictObject({ pattern, agent: agentName }))
    .max(500)
    .default([]),
  /** Seconds between scans. Events find changes at once; the scan finds what events missed. */
  check_interval_seconds: z.number().min(1).max(86_400).default(30),
  /** Pending changes that start a consolidation; 0 turns the trigger off. */
  consolidation_threshold: z.number().int().min(0).max(100_000).default(5),
  /** Minutes after which pending changes are consolidated; 0 turns the trigger off. */
  consolidation_interval_minutes: z.number().min(0).max(525_600).default(60),
  /** File that receives the reports; null keeps them only in Skein. */
  report_file: z.string().min(1).max(1024).nullable().default('SYNC_STATUS.md'),
  /** Reports that stay in the file; older ones stay in the history. */
  reports_kept: z.number().int().min(1).max(1_000).default(20),
  /** What happens when a file was changed in two places at once. */
  conflict_strategy: z.enum(conflictStrategies).default('merge'),
  /** Strategies of single files; the first match counts. */
  conflicts: z
    .array(z.strictObject({ pattern, strategy: z.enum(conflictStrategies) }))
    .max(500)
    .default([]),
  /** Whether the replicas of this machine exchange each change at once, or only what a consolidation folded. */
  share: z.enum(['shared', 'staged']).default('shared'),
  /** False: Skein commits, pulls and pushes nothing. */
  git_enabled: z.boolean().default(true),
  /** Whether what Skein commits is pushed at once. */
  git_auto_push: z.boolean().default(true),
  /** The remote that is pulled from and pushed to. */
  git_remote: gitName.default('origin'),
  /** The branch there; null is the one that is checked out. */
  git_branch: gitName.nullable().default(null),
  /** Whether the tracked files are committed after each consolidation. */
  git_commit_consolidations: z.boolean().default(false),
  /** Whether the hooks of the repository run around what Skein commits, pulls and pushes. */
  git_hooks: z.boolean().default(true),
  /** Whether a switch of branches, a reset or a rebase here changes the files of the other replicas, too. */
  follow_branches: z.boolean().default(false),
  /** Language of the reports. */
  locale: z.enum(['en', 'fr', 'ru']).default('en'),
});
export type Settings = z.infer<typeof settingsShape>;
export const defaultSettings: Settings = settingsShape.parse({});
