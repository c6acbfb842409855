/** When each peer last called, what was wrong with it, and whether two machines pass for it. */
import type { Problem } from '../../../shared/result.ts';

export type Contact = {
  calledMs: number | undefined;
  problem: Problem | undefined;
};

export type Contacts = {
  met(id: string): void;
  /** What was wrong with its last call; a good one later takes it back, unless two machines pass for the device. */
  note(id: string, problem: Problem): void;
  of(id: string): Contact;
  /**
   * A process of the peer called. True when it is one that another had already taken the place of: a restart never
   * goes back, so then two machines are alive that pass for one device.
   */
  isDouble(id: string, instance: string): boolean;
  forget(id: string): void;
};

/** Processes of one device that are remembered; each restart adds one. */
const rememberedInstances = 50;

export function createContacts(nowMs: () => number): Contacts {
  const byId = new Map<string, Contact & { instances: string[] }>();
  const entry = (id: string) => {
    const known = byId.get(id) ?? { calledMs: undefined, problem: undefined, instances: [] };
    byId.set(id, known);
    return known;
  };
  return {
    met(id) {
      const contact = entry(id);
      contact.calledMs = nowMs();
      if (contact.problem?.code !== 'device-twice') contact.problem = undefined;
    },
    note(id, problem) {
      entry(id).problem = problem;
    },
    of: (id) => byId.get(id) ?? { calledMs: undefined, problem: undefined },
    isDouble(id, instance) {
      const contact = entry(id);
      const isFormer = contact.instances.slice(1).includes(instance);
      const others = contact.instances.filter((it) => it !== instance);
      contact.instances = [instance, ...others].slice(0, rememberedInstances);
      return isFormer;
    },
    forget: (id) => void byId.delete(id),
  };
}
