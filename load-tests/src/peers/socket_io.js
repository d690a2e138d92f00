// Rooms over Socket.IO: every note goes to everybody in its room, the sender included. WebSocket alone, uncompressed.
const { Server } = require('socket.io');

const server = new Server(Number(process.argv[2]), {
  transports: ['websocket'],
  perMessageDeflate: false,
  serveClient: false,
});

server.on('connection', (socket) => {
  let room = null;
  socket.on('join', (name) => {
    room = String(name);
    socket.join(room);
    socket.emit('seated');
  });
  socket.on('note', (note) => {
    if (room !== null) server.to(room).emit('note', note);
  });
});
