"""The tables of the ledger, as each version of the file added or changed them."""

from __future__ import annotations

# The statements that each version added. An older file is upgraded by the statements of all later versions.
TABLES = {
    1: """
CREATE TABLE secret (value BLOB NOT NULL);
CREATE TABLE entry (
  service TEXT, account TEXT, fingerprint TEXT NOT NULL, pending TEXT NOT NULL, status TEXT NOT NULL,
  origin TEXT NOT NULL, backend TEXT NOT NULL, changed TEXT NOT NULL, PRIMARY KEY (service, account)
) WITHOUT ROWID;
CREATE TABLE owner (
  service TEXT, account TEXT, lineage TEXT, address TEXT NOT NULL, name TEXT NOT NULL, place TEXT NOT NULL,
  PRIMARY KEY (service, account, lineage),
  FOREIGN KEY (service, account) REFERENCES entry (service, account) ON DELETE CASCADE
) WITHOUT ROWID;
""",
    2: """
CREATE TABLE resource (
  lineage TEXT, position INTEGER, address TEXT NOT NULL, attributes TEXT NOT NULL, facts TEXT NOT NULL,
  PRIMARY KEY (lineage, position)
) WITHOUT ROWID;
CREATE TABLE used_plan (digest TEXT PRIMARY KEY, used TEXT NOT NULL) WITHOUT ROWID;
""",
    # In earlier versions, rows belonged to a lineage only. Now they belong to a stack with an unknown path.
    3: """
CREATE TABLE stack (
  id TEXT PRIMARY KEY, path TEXT NOT NULL, store TEXT NOT NULL, name TEXT NOT NULL, lineage TEXT NOT NULL,
  made TEXT NOT NULL
) WITHOUT ROWID;
CREATE UNIQUE INDEX stack_place ON stack (path, store) WHERE path <> '';
INSERT INTO stack SELECT each.lineage, '', coalesce(max(owner.place), ''), coalesce(max(owner.name), ''), each.lineage,
  '' FROM (SELECT lineage FROM owner UNION SELECT lineage FROM resource) AS each
  LEFT JOIN owner ON owner.lineage = each.lineage GROUP BY each.lineage;
CREATE TABLE binding (
  stack TEXT NOT NULL REFERENCES stack (id) ON DELETE CASCADE,
  kind TEXT NOT NULL, written TEXT NOT NULL, resolved TEXT NOT NULL,
  origin TEXT NOT NULL, path TEXT NOT NULL, proxy TEXT NOT NULL, ca_file TEXT NOT NULL,
  how TEXT NOT NULL, agreed TEXT NOT NULL,
  UNIQUE (stack, kind, written, resolved, origin, path, proxy, ca_file)
);
CREATE TABLE command (
  stack TEXT NOT NULL REFERENCES stack (id) ON DELETE CASCADE,
  digest TEXT NOT NULL, what TEXT NOT NULL, agreed TEXT NOT NULL, PRIMARY KEY (stack, digest)
) WITHOUT ROWID;
CREATE TABLE owner_3 (
  service TEXT, account TEXT, stack TEXT, lineage TEXT NOT NULL, address TEXT NOT NULL,
  name TEXT NOT NULL, place TEXT NOT NULL, PRIMARY KEY (service, account, stack),
  FOREIGN KEY (service, account) REFERENCES entry (service, account) ON DELETE CASCADE
) WITHOUT ROWID;
INSERT INTO owner_3 SELECT service, account, lineage, lineage, address, name, place FROM owner;
DROP TABLE owner;
ALTER TABLE owner_3 RENAME TO owner;
CREATE TABLE resource_3 (
  stack TEXT, lineage TEXT, position INTEGER, address TEXT NOT NULL, attributes TEXT NOT NULL,
  facts TEXT NOT NULL, PRIMARY KEY (stack, lineage, position)
) WITHOUT ROWID;
INSERT INTO resource_3 SELECT lineage, lineage, position, address, attributes, facts FROM resource;
DROP TABLE resource;
ALTER TABLE resource_3 RENAME TO resource;
""",
    # Earlier consents lack the digest of the CA file. If a pull may change the file, gwctl asks again.
    4: """
CREATE TABLE binding_4 (
  stack TEXT NOT NULL REFERENCES stack (id) ON DELETE CASCADE,
  kind TEXT NOT NULL, written TEXT NOT NULL, resolved TEXT NOT NULL,
  origin TEXT NOT NULL, path TEXT NOT NULL, proxy TEXT NOT NULL, ca_file TEXT NOT NULL, ca_content TEXT NOT NULL,
  how TEXT NOT NULL, agreed TEXT NOT NULL,
  UNIQUE (stack, kind, written, resolved, origin, path, proxy, ca_file, ca_content)
);
INSERT INTO binding_4 SELECT stack, kind, written, resolved, origin, path, proxy, ca_file, '', how, agreed FROM binding
  ORDER BY rowid;
DROP TABLE binding;
ALTER TABLE binding_4 RENAME TO binding;
""",
    # Rows for every kind of owned resource. The rows of keychain entries become rows of the kind `key`.
    5: """
CREATE TABLE owned (
  kind TEXT, slot TEXT, fingerprint TEXT NOT NULL, pending TEXT NOT NULL, status TEXT NOT NULL,
  backup TEXT NOT NULL, facts TEXT NOT NULL, changed TEXT NOT NULL, PRIMARY KEY (kind, slot)
) WITHOUT ROWID;
INSERT INTO owned SELECT 'key', json_array(service, account), fingerprint, pending, status, '',
  json_object('origin', origin, 'backend', backend), changed FROM entry;
CREATE TABLE owner_5 (
  kind TEXT, slot TEXT, stack TEXT, lineage TEXT NOT NULL, address TEXT NOT NULL,
  name TEXT NOT NULL, place TEXT NOT NULL, PRIMARY KEY (kind, slot, stack),
  FOREIGN KEY (kind, slot) REFERENCES owned (kind, slot) ON DELETE CASCADE
) WITHOUT ROWID;
INSERT INTO owner_5 SELECT 'key', json_array(service, account), stack, lineage, address, name, place FROM owner;
DROP TABLE owner;
ALTER TABLE owner_5 RENAME TO owner;
DROP TABLE entry;
""",
    # The endpoints applied on this machine, and the handles with which tools get their keys.
    6: """
CREATE TABLE applied (
  stack TEXT NOT NULL REFERENCES stack (id) ON DELETE CASCADE, endpoint TEXT NOT NULL,
  origin TEXT NOT NULL, path TEXT NOT NULL, header TEXT NOT NULL, scheme TEXT NOT NULL,
  reference TEXT NOT NULL, form TEXT NOT NULL, timeout TEXT NOT NULL, shares TEXT NOT NULL,
  PRIMARY KEY (stack, endpoint)
) WITHOUT ROWID;
CREATE TABLE handle (
  handle TEXT NOT NULL, stack TEXT NOT NULL REFERENCES stack (id) ON DELETE CASCADE,
  client TEXT NOT NULL, endpoint TEXT NOT NULL, made TEXT NOT NULL, used TEXT NOT NULL, revoked TEXT NOT NULL,
  PRIMARY KEY (stack, client, endpoint)
) WITHOUT ROWID;
CREATE INDEX handle_name ON handle (handle);
""",
    # What the last apply on this machine left: the resolved file, and the age of the lists.
    7: """
CREATE TABLE snapshot (
  stack TEXT PRIMARY KEY REFERENCES stack (id) ON DELETE CASCADE,
  applied TEXT NOT NULL, digest TEXT NOT NULL, lists TEXT NOT NULL, resolved TEXT NOT NULL
) WITHOUT ROWID;
""",
    # The endpoints that failed when an apply last contacted them. Before, only lists were recorded.
    8: "ALTER TABLE snapshot ADD COLUMN failed TEXT NOT NULL DEFAULT '[]'",
}
