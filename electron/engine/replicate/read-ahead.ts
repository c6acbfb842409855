/**
 * Unpacks the contents of a page beside the loop, while the page before it is taken: of a first meeting that is a
 * quarter of what the loop would do. What is not ready is unpacked when its row is taken, and whatever is wrong with a
 * body is found then, too.
 */
import type { FileRow, Row } from '../../../shared/contracts/peer-protocol.ts';
import { limits } from '../../../shared/limits.ts';
import type { ContentStore } from '../log/content-store.ts';
import { isFileRow } from '../log/take-row.ts';
import type { Log, PackedContent, PatientCodec, UnpackedContent } from '../ports.ts';
import type { PeerLink } from './link.ts';

/** By the SHA-256 that each was found to have. */
export type UnpackedAhead = ReadonlyMap<string, UnpackedContent>;

type Deps = {
  contents: Pick<ContentStore, 'findAll'>;
  patientCodec: Pick<PatientCodec, 'unpackAll' | 'isUnpackingReady'>;
  log: Log;
};

/** The same rows are unpacked once, however often they are asked for. Never rejects. */
export type ReadAhead = (rows: readonly Row[], takes?: PeerLink['takes']) => Promise<UnpackedAhead>;

export function createReadAhead(deps: Deps): ReadAhead {
  const begun = new WeakMap<readonly Row[], Promise<UnpackedAhead>>();
  const unpackAll = createUnpackAll(deps);
  return (rows, takes = () => true) => {
    const unpacked = begun.get(rows) ?? unpackAll(worthwhile(deps, rows, takes));
    begun.set(rows, unpacked);
    return unpacked;
  };
}

const nothing: UnpackedAhead = new Map();

function createUnpackAll({ patientCodec, log }: Deps) {
  let isFailing = false;
  return async (packed: readonly PackedContent[]): Promise<UnpackedAhead> => {
    if (packed.length < limits.aheadContents) return nothing;
    // The loop has nothing else to do while the first page is waited for; the next ones come while it writes files.
    if (!patientCodec.isUnpackingReady()) {
      patientCodec.unpackAll([]).catch(() => undefined);
      return nothing;
    }
    try {
      const unpacked = await patientCodec.unpackAll(packed);
      isFailing = false;
      return new Map(unpacked.flatMap((it) => (it === undefined ? [] : [[it.sha256, it]])));
    } catch (failure) {
      if (!isFailing)
        log.warn('Unpacking beside the loop what peers send failed: it holds up others', {
          failure: String(failure),
        });
      isFailing = true;
      return nothing;
    }
  };
}

/** Those that are news here and travel packed by themselves, up to a bound: all of them are in memory at once. */
function worthwhile(
  { contents }: Deps,
  rows: readonly Row[],
  takes: (path: string) => boolean,
): PackedContent[] {
  const packed = rows.filter(isPacked).filter(({ path }) => takes(path));
  const known = contents.findAll(packed.map(({ content }) => content));
  let bytes = 0;
  return packed
    .filter(({ content }) => known.get(content)?.isHere !== true)
    .map(({ body: { data }, size }) => ({ data, size }))
    .filter(({ size }) => {
      bytes += size;
      return bytes <= limits.aheadBytes;
    });
}

type PackedRow = FileRow & { content: string; body: NonNullable<FileRow['body']> };

const isPacked = (row: Row): row is PackedRow =>
  isFileRow(row) && row.content !== null && row.body?.packing === 'zstd';
