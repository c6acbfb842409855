/** Runs of signs of scripts without spaces, and a part of each, as somebody would ask for it. */
import fc from 'fast-check';

const signs = {
  Chinese: [...'今天的会议讨论了索引设计和数据库性能问题'],
  Japanese: [...'今日の会議は設計レビューをします東京ガイド'],
  Korean: [...'주간회의를했다설정파일데이터'],
  rare: [...'𠮷𡈽𠀋野家口田𠮟'],
  narrow: ['ｶﾞ', 'ｲ', 'ﾄﾞ', 'ｱ', 'ﾌﾟ', 'ﾘ', 'ｰ'],
  Thai: [...'การประชุมประจำสัปดาห์ของทีม'],
  Lao: [...'ກອງປະຊຸມປະຈໍາອາທິດ'],
  Khmer: [...'កិច្ចប្រជុំប្រចាំសប្តាហ៍'],
  Burmese: [...'အပတ်စဉ်အစည်းအဝေး'],
};

export type Run = { text: string; cut: string };

/** A run of one script; what is cut out of it has two signs at least. */
export const anyRun = (shortest = 2, longest = 30): fc.Arbitrary<Run> =>
  fc
    .constantFrom(...Object.values(signs))
    .chain((some) =>
      fc.array(fc.constantFrom(...some), { minLength: Math.max(2, shortest), maxLength: longest }),
    )
    .chain((run) =>
      fc.tuple(fc.nat(run.length - 2), fc.nat(run.length)).map(([from, more]) => ({
        text: run.join(''),
        cut: run.slice(from, from + 2 + more).join(''),
      })),
    );
