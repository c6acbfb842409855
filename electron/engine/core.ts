/** The parts of one engine, made once from its ports and passed on as the first parameter of what works with them. */
import { type Attribute, createAttribute } from './agents/attribute.ts';
import { type BlobIds, createBlobIds } from './agents/blob-ids.ts';
import { createOwnerRules } from './agents/owner-rules.ts';
import type { OwnWriteDeps } from './apply/own-write.ts';
import { createSettingsJournal } from './apply/settings-journal.ts';
import { createEmitter, type Emitter } from './emitter.ts';
import type { LogReader } from './engine-contract.ts';
import { type Appender, createAppender } from './log/append.ts';
import { type Arrived, createArrived } from './log/arrived.ts';
import { type Attribution, createAttribution } from './log/attribution.ts';
import { carrying } from './log/carry.ts';
import { type ContentStore, createContentStore } from './log/content-store.ts';
import { type ContentWork, createContentWork } from './log/content-work.ts';
import { createKnownFiles, type KnownFiles } from './log/known-files.ts';
import { type Mark, openMark } from './log/mark.ts';
import { nodeOf, openLog } from './log/open-log.ts';
import { createLogReader } from './log/reader.ts';
import type { EnginePorts } from './ports.ts';
import type { RecordDisk } from './record-disk.ts';
import { createFindHome, type FindHome } from './scan/at-home.ts';
import { createFindMovement, type FindMovement } from './scan/brought.ts';
import { createLooker, type Looker } from './scan/look.ts';
import { createOwnFacts, type OwnFacts } from './scan/own-facts.ts';
import { createWorkspaceSettings, type WorkspaceSettings } from './settings/workspace-settings.ts';

export type Core = EnginePorts & {
  contents: ContentStore;
  contentWork: ContentWork;
  known: KnownFiles;
  append: Appender;
  mark: Mark;
  arrived: Arrived;
  attribute: Attribute;
  attribution: Attribution;
  blobIds: BlobIds;
  reader: LogReader;
  settings: WorkspaceSettings;
  looker: Looker;
  ownFacts: OwnFacts;
  emitter: Emitter;
  /** Has files whose versions stand beside each other brought forward, once what runs now is through. */
  settleSoon(): void;
  findMovement: FindMovement;
  findHome: FindHome;
  /** Whether what git moves here moves at the others, too. */
  followsBranches(): boolean;
};

/** Opens the log (migrating it) and makes the parts. Throws `ProblemError` when the database cannot be used. */
export function createCore(ports: EnginePorts, settleSoon: () => void): Core {
  openLog(ports.sql, ports.random);
  const mark = openMark(ports);
  const contents = createContentStore(ports.sql, ports.codec);
  const contentWork = createContentWork({ ...ports, contents });
  const known = createKnownFiles(ports.sql);
  const append = carrying(
    { ...ports, contents, known },
    createAppender({ ...ports, contents }, () => nodeOf(ports.sql)),
  );
  const journal = createSettingsJournal({ ...ports, contents });
  const settings = createWorkspaceSettings({ ...ports, journal });
  const attribute: Attribute = createAttribute({ ...ports, owner: createOwnerRules(settings.current) });
  const arrived = createArrived(ports.sql);
  const ownFacts = createOwnFacts();
  const findMovement = createFindMovement({ ...ports, contentWork });
  const blobIds = createBlobIds(contentWork);
  const findHome = createFindHome({ git: ports.git, blobIds, contentWork });
  const followsBranches = (): boolean => settings.current().follow_branches;
  const looker = createLooker({
    ...ports,
    arrived,
    contents,
    contentWork,
    known,
    append,
    attribute,
    ownFacts,
    tracked: settings.tracked,
    findMovement,
    findHome,
    blobIds,
    followsBranches,
    settleSoon,
  });
  return {
    ...ports,
    findMovement,
    findHome,
    followsBranches,
    arrived,
    contents,
    contentWork,
    known,
    append,
    mark,
    attribute,
    settings,
    looker,
    ownFacts,
    attribution: createAttribution(ports.sql),
    blobIds,
    reader: createLogReader(ports.sql, contents),
    emitter: createEmitter(ports.log),
    settleSoon,
  };
}

export function ownWriteDeps(core: Core, recordDisk: RecordDisk): OwnWriteDeps {
  return { ...core, recordDisk };
}
