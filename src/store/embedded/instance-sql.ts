// Removing an instance whole. Every table that belongs to instances says so by a column of that name; the few rows that
// hang on a call's row go before it.
import { forgetWritten } from './call-sql.ts'
import type { Database } from './database.ts'

export function removeInstance(db: Database, instance: string, home: string): void {
  db.transaction(() => {
    const ofCalls = 'IN (SELECT row FROM call WHERE instance = ?)'
    db.run(`DELETE FROM call_flow WHERE row ${ofCalls}`, instance)
    const tables = db.all(
      `SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c
         WHERE m.type = 'table' AND c.name = 'instance' ORDER BY m.name`,
    )
    // Twice: triggers write down what rows of other tables leave behind as they go.
    for (const { name } of [...tables, ...tables]) db.run(`DELETE FROM "${String(name)}" WHERE instance = ?`, instance)
    db.run('DELETE FROM instance WHERE id = ?', instance)
    db.run(
      'UPDATE session SET sample = 0 WHERE sample = 1 AND user_id IN (SELECT id FROM user WHERE instance = ?)',
      home,
    )
  })
  forgetWritten(db)
}
