import type { AuditDesk } from './audit-desk.ts';
import type { ModelBook } from './model-book.ts';

/** The same book, with an entry in the audit log for each model that was taken or refused. */
export function auditedModels(book: ModelBook, audit: Pick<AuditDesk, 'note'>): ModelBook {
  return {
    ...book,
    record(watch, why, now) {
      book.record(watch, why, now);
      const { name } = watch.watch.class;
      audit.note({
        action: 'model-taken',
        message: `${name}: a new model (${why})`,
        details: { class: name, why },
      });
    },
    refuse(watch, reason, now) {
      book.refuse(watch, reason, now);
      const { name } = watch.watch.class;
      audit.note({
        action: 'model-refused',
        message: `${name}: the new model is refused: ${reason}`,
        details: { class: name, reason },
      });
    },
  };
}
