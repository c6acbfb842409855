/** The words of a report in its three languages. French is the text that reference/004 documents. */

export const reportLocales = ['en', 'fr', 'ru'] as const;
export type ReportLocale = (typeof reportLocales)[number];

/** Forms of one noun phrase by plural category; `#` stands for the number. `other` answers for what is missing. */
export type PluralForms = { one: string; few?: string; many?: string; other: string };

export type ReportWords = {
  section: string;
  title: string;
  trigger: string;
  conditions: string;
  consolidated: string;
  changedFiles: string;
  /** Stands between a label and its value; French sets a space before the colon. */
  colon: string;
  at: string;
  agent: string;
  events: PluralForms;
  acrossFiles: PluralForms;
  eventsOfFile: PluralForms;
  earlierEvents: PluralForms;
  moreFiles: PluralForms;
};

const english: ReportWords = {
  section: '🤖 Automatic synchronisation',
  title: 'Consolidation',
  trigger: 'Trigger',
  conditions: 'Conditions',
  consolidated: 'Consolidated changes',
  changedFiles: 'Changed files',
  colon: ':',
  at: 'at',
  agent: 'agent',
  events: { one: '# event', other: '# events' },
  acrossFiles: { one: 'in # file', other: 'in # files' },
  eventsOfFile: { one: '# event', other: '# events' },
  earlierEvents: { one: '… and # earlier event', other: '… and # earlier events' },
  moreFiles: { one: '… and # more file', other: '… and # more files' },
};

const french: ReportWords = {
  section: '🤖 Synchronisation automatique',
  title: 'Consolidation',
  trigger: 'Type de déclenchement',
  conditions: 'Conditions',
  consolidated: 'Changements consolidés',
  changedFiles: 'Fichiers modifiés',
  colon: ' :',
  at: 'à',
  agent: 'agent',
  events: { one: '# événement', other: '# événements' },
  acrossFiles: { one: 'sur # fichier', other: 'sur # fichiers' },
  eventsOfFile: { one: '# événement', other: '# événement(s)' },
  earlierEvents: { one: '… et # événement antérieur', other: '… et # événements antérieurs' },
  moreFiles: { one: '… et # autre fichier', other: '… et # autres fichiers' },
};

const russianEvents = { one: '# событие', few: '# события', many: '# событий', other: '# события' };
const russian: ReportWords = {
  section: '🤖 Автоматическая синхронизация',
  title: 'Консолидация',
  trigger: 'Тип запуска',
  conditions: 'Условия',
  consolidated: 'Объединённые изменения',
  changedFiles: 'Изменённые файлы',
  colon: ':',
  at: 'в',
  agent: 'агент',
  events: russianEvents,
  acrossFiles: { one: 'в # файле', other: 'в # файлах' },
  eventsOfFile: russianEvents,
  earlierEvents: {
    one: '… и ещё # более раннее событие',
    few: '… и ещё # более ранних события',
    many: '… и ещё # более ранних событий',
    other: '… и ещё # более ранних события',
  },
  moreFiles: {
    one: '… и ещё # файл',
    few: '… и ещё # файла',
    many: '… и ещё # файлов',
    other: '… и ещё # файла',
  },
};

export const reportWords: Record<ReportLocale, ReportWords> = { en: english, fr: french, ru: russian };

const rules: Record<ReportLocale, Intl.PluralRules> = {
  en: new Intl.PluralRules('en'),
  fr: new Intl.PluralRules('fr'),
  ru: new Intl.PluralRules('ru'),
};

/** The phrase for `count` things, with the number in plain digits. */
export function countText(count: number, forms: PluralForms, locale: ReportLocale): string {
  const byCategory: Partial<Record<Intl.LDMLPluralRule, string>> = forms;
  const form = byCategory[rules[locale].select(count)] ?? forms.other;
  return form.replace('#', String(count));
}
