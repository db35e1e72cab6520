// Run once after every start by the one-shot service `mongo-prepare`, as root: makes the replica set and the services' users.
// Safe to repeat: what is there is brought up to date.
const users = JSON.parse(require('fs').readFileSync('/run/secrets/mongo-users', 'utf8'));

try {
  rs.status();
} catch (reason) {
  if (reason.codeName !== 'NotYetInitialized') throw reason;
  rs.initiate({ _id: 'rs0', members: [{ _id: 0, host: 'mongo:27017' }] });
}
for (let second = 0; !db.hello().isWritablePrimary; second += 1) {
  if (second > 60) throw new Error('the replica set has no primary');
  sleep(1000);
}
const admin = db.getSiblingDB('admin');
for (const { user, pwd, roles } of users) {
  if (admin.getUser(user)) admin.updateUser(user, { pwd, roles });
  else admin.createUser({ user, pwd, roles });
}
