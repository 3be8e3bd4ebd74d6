global using Poa.Actors.Abstractions;
